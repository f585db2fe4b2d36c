// Package logging keeps the log from ever holding up the relay: lines go
// through a buffer, and where whoever reads them stands still (a terminal
// stopped with Ctrl-S, a full pipe), lines are dropped and counted instead of
// clients and robot being made to wait.
package logging

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	buffer       = 1024        // lines
	bufferBytes  = 1 << 20     // of those; with -debug they hold payloads
	flushTimeout = time.Second // for the last lines when the program ends
)

// Sink is a log output that never blocks. Close it to see its last lines out.
type Sink struct {
	out   io.Writer
	done  chan struct{}
	lines chan []byte

	mu      sync.Mutex
	waiting int // bytes
	dropped int
	closed  bool
}

// NewSink starts a sink that writes to out.
func NewSink(out io.Writer) *Sink {
	s := &Sink{out: out, done: make(chan struct{}), lines: make(chan []byte, buffer)}
	go s.run()
	return s
}

// New is a logger in the form that every program here logs in: a line an event.
func New(out io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))
}

// Logger logs to the sink.
func (s *Sink) Logger(level slog.Level) *slog.Logger { return New(s, level) }

// Write takes one line. It never fails and never waits.
func (s *Sink) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return len(line), nil
	}
	if s.waiting+len(line) > bufferBytes {
		s.dropped++
		return len(line), nil
	}
	select {
	case s.lines <- bytes.Clone(line):
		s.waiting += len(line)
	default:
		s.dropped++
	}
	return len(line), nil
}

// Close writes what is left, for no longer than a second, and ends the sink.
func (s *Sink) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.lines)
	}
	s.mu.Unlock()
	select {
	case <-s.done:
	case <-time.After(flushTimeout): // the reader stands still; the process ends anyway
	}
}

func (s *Sink) run() {
	defer close(s.done)
	for line := range s.lines {
		if n := s.takeDropped(); n > 0 {
			fmt.Fprintf(s.out, "level=WARN msg=\"log lines dropped, nobody was reading\" lines=%d\n", n)
		}
		_, _ = s.out.Write(line) // there is nowhere to say that saying failed
		s.written(len(line))
	}
}

func (s *Sink) written(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting -= n
}

func (s *Sink) takeDropped() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.dropped
	s.dropped = 0
	return n
}
