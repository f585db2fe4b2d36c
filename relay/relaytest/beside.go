package relaytest

import (
	"context"
	"testing"
)

// Task runs beside a test. It never outlives it: a goroutine that fails a test
// which is over ends the whole test binary, and hides the first reason.
type Task struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// Beside runs f beside the test. Its context ends when it is stopped, and at
// the latest when the test ends, which waits for f. What it uses must have been
// made before: that is closed after it.
func Beside(t testing.TB, f func(ctx context.Context) error) *Task {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	task := &Task{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(task.done)
		task.err = f(ctx)
	}()
	t.Cleanup(func() { _ = task.Stop() }) // a test that wants to know has asked
	return task
}

// Done is closed when the task has ended.
func (task *Task) Done() <-chan struct{} { return task.done }

// Wait waits until the task has ended by itself.
func (task *Task) Wait() error {
	<-task.done
	task.cancel()
	return task.err
}

// Stop ends its context and waits.
func (task *Task) Stop() error {
	task.cancel()
	return task.Wait()
}
