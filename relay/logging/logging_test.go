package logging

import (
	"bytes"
	"strings"
	"sync"
	"testing"
)

// stuck is a reader of the log that stands still until it is let go.
type stuck struct {
	begun  chan struct{}
	let    chan struct{}
	once   sync.Once
	mu     sync.Mutex
	output bytes.Buffer
}

func (s *stuck) Write(b []byte) (int, error) {
	s.once.Do(func() { close(s.begun) })
	<-s.let
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.Write(b)
}

// Long lines that nobody reads, such as payloads with -debug, are bounded by
// their bytes, and dropped ones are counted.
func TestLinesThatWaitAreBoundedByTheirBytes(t *testing.T) {
	out := &stuck{begun: make(chan struct{}), let: make(chan struct{})}
	sink := NewSink(out)
	line := []byte(strings.Repeat("x", bufferBytes/8-1) + "\n")
	for range 10 {
		_, _ = sink.Write(line)
	}
	<-out.begun
	close(out.let)
	sink.Close()
	out.mu.Lock()
	defer out.mu.Unlock()
	text := out.output.String()
	if got := strings.Count(text, "\n") - 1; got != 8 || !strings.Contains(text, "lines=2") {
		t.Errorf("%d lines were kept of 10, with %q", got, text[:min(len(text), 100)])
	}
}
