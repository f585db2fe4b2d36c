// Package testlog keeps what a program says, for a test that waits for a line
// of it.
package testlog

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"rawtcpcom/relay/broadcast"
)

// Log is written to by the program and read by the test. The zero value is
// ready; it is safe for concurrent use.
type Log struct {
	changed broadcast.Signal

	mu    sync.Mutex
	text  []byte
	begun int      // where in it the line begins that is not complete yet
	lines []string // the complete ones, without \n or \r\n
	ended error    // nil while there may be more
}

// Write appends to the log.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	before := len(l.text)
	l.text = append(l.text, b...)
	for i, c := range b {
		if c == '\n' {
			l.cut(before + i)
			l.begun++
		}
	}
	l.mu.Unlock()
	l.changed.Notify()
	return len(b), nil
}

// cut ends the line under way; the lock is held.
func (l *Log) cut(end int) {
	l.lines = append(l.lines, strings.TrimSuffix(string(l.text[l.begun:end]), "\r"))
	l.begun = end
}

// End says that there will be no more, and why, to all who wait.
func (l *Log) End(reason error) {
	l.mu.Lock()
	if l.begun < len(l.text) {
		l.cut(len(l.text))
	}
	l.ended = reason
	l.mu.Unlock()
	l.changed.Notify()
}

// String is all that was written so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

// Lines are the complete lines so far.
func (l *Log) Lines() []string {
	lines, _ := l.look()
	return lines
}

func (l *Log) look() (lines []string, ended error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines[:len(l.lines):len(l.lines)], l.ended
}

// Tail is the last lines, for people.
func (l *Log) Tail() string {
	lines := l.Lines()
	return "\t" + strings.Join(lines[max(0, len(lines)-25):], "\n\t")
}

// Await returns the first line from index from on that matches, and the index
// after it. It fails when ctx ends, or the log without such a line.
func (l *Log) Await(ctx context.Context, from int, match func(line string) bool) (line string, next int, err error) {
	var ended error
	found := false
	waiting := l.changed.Until(ctx, func() bool {
		var lines []string
		for lines, ended = l.look(); from < len(lines) && !found; from++ {
			line, found = lines[from], match(lines[from])
		}
		return found || ended != nil
	})
	switch {
	case found:
		return line, from, nil
	case waiting != nil:
		ended = context.Cause(ctx)
	}
	return "", from, fmt.Errorf("%w; the last lines:\n%s", ended, l.Tail())
}

// Containing matches lines with the text in them.
func Containing(text string) func(line string) bool {
	return func(line string) bool { return strings.Contains(line, text) }
}
