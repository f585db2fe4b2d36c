package relaytest

import (
	"testing"

	"rawtcpcom/relay/testlog"
)

// Log is what a relay writes.
type Log struct{ testlog.Log }

// NewLog makes an empty log.
func NewLog() *Log { return &Log{} }

// Wait returns the first line that matches.
func (l *Log) Wait(t testing.TB, what string, match func(line string) bool) string {
	t.Helper()
	line, _, err := l.Await(Deadline(t), 0, match)
	if err != nil {
		t.Fatalf("not in the log: %s: %v", what, err)
	}
	return line
}

// WaitFor returns when a line holds the text.
func (l *Log) WaitFor(t testing.TB, text string) {
	t.Helper()
	l.Wait(t, text, testlog.Containing(text))
}
