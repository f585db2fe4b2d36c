// Package recorded holds whole sessions of the relay of 2016 with the robot's
// driver, recorded from the two of them unmodified, for tests to play to ours.
// What is in them is in relay/wire/README.md, "Recorded sessions".
package recorded

import (
	"bytes"
	"embed"
	"encoding/json"
	"testing"
)

//go:embed *.jsonl
var files embed.FS

// Sessions are the names of the recorded sessions.
var Sessions = []string{"commands", "meta", "reconnect"}

// Step is one thing that happened on the client's socket.
type Step struct {
	Dir   string // ToClient, FromClient or Closed
	Bytes string
}

// What can happen on the socket.
const (
	ToClient   = "relay->tcp"
	FromClient = "tcp->relay"
	Closed     = "closed"
)

// Event is one event on a topic of the robot, whoever published it.
type Event struct{ Topic, Payload string }

// Socket is what happened on the client's socket in a session, in order.
func Socket(t testing.TB, session string) []Step {
	t.Helper()
	return read[Step](t, session+".tcp.jsonl")
}

// Events are the events of a session, in order.
func Events(t testing.TB, session string) []Event {
	t.Helper()
	return read[Event](t, session+".wamp.jsonl")
}

func read[T any](t testing.TB, name string) (records []T) {
	t.Helper()
	text, err := files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var r T
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		records = append(records, r)
	}
	if len(records) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return records
}
