// Package tap lets somebody watch the messages that pass, without slowing
// them down: a watcher has a small buffer, what does not fit in it is counted
// and not kept, and nobody ever waits for a watcher.
package tap

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// PayloadSize is how much of a payload is kept, in bytes.
	PayloadSize = 512
	buffer      = 64 // messages between two reads of a watcher
)

// Direction says which way a message went.
type Direction string

const (
	In  Direction = "in"  // from a client to the robot
	Out Direction = "out" // to a client
)

// Message is one message that passed, and its JSON what GET /messages tells of it.
type Message struct {
	Seq     uint64    `json:"seq"`
	Time    time.Time `json:"time"` // by the clock of the machine: a Pi's is wrong until NTP answered
	Client  string    `json:"client"`
	Remote  string    `json:"remote"` // host:port
	Dir     Direction `json:"dir"`
	Topic   string    `json:"topic"`   // of a message that went in
	Size    int       `json:"size"`    // bytes of the whole payload
	Payload string    `json:"payload"` // its first PayloadSize bytes
}

// Tap hands messages to watchers. The zero value is ready; it is safe for
// concurrent use.
type Tap struct {
	watched atomic.Bool

	mu       sync.Mutex
	seq      uint64
	watchers []*Watcher
}

// Watcher is one reader of a tap.
type Watcher struct {
	tap *Tap
	// guarded by tap.mu
	messages []Message
	dropped  int
}

// Watch adds a watcher. Close it when done.
func (t *Tap) Watch() *Watcher {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := &Watcher{tap: t}
	t.watchers = append(t.watchers, w)
	t.watched.Store(true)
	return w
}

// Close ends the watching.
func (w *Watcher) Close() {
	t := w.tap
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watchers = slices.DeleteFunc(t.watchers, func(x *Watcher) bool { return x == w })
	t.watched.Store(len(t.watchers) > 0)
}

// Take returns what has passed since the last call, and how many more were
// dropped because there was no room.
func (w *Watcher) Take() (messages []Message, dropped int) {
	w.tap.mu.Lock()
	defer w.tap.mu.Unlock()
	messages, dropped = w.messages, w.dropped
	w.messages, w.dropped = nil, 0
	return messages, dropped
}

// Offer shows a message to whoever watches. It costs next to nothing while
// nobody does.
func (t *Tap) Offer(dir Direction, client, remote, topic string, payload []byte) {
	if !t.watched.Load() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seq++
	m := Message{Seq: t.seq, Client: client, Remote: remote, Dir: dir, Topic: topic, Size: len(payload)}
	for _, w := range t.watchers {
		if len(w.messages) == buffer {
			w.dropped++
			continue
		}
		if m.Time.IsZero() {
			m.Time = time.Now()
			m.Payload = string(payload[:min(len(payload), PayloadSize)])
		}
		w.messages = append(w.messages, m)
	}
}
