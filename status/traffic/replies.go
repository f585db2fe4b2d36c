package traffic

import (
	"time"

	"rawtcpcom/relay/tap"
)

// The protocol has no correlation of a reply to its command, so the time to
// reply is taken from a client's earliest command with nothing after it to
// the next message to that client.
const (
	// maxReply is the longest that counts as a reply; what comes later comes
	// by itself.
	maxReply = 30 * time.Second
	// maxWaiting bounds the clients with an open command, for a tap that
	// tells of clients that come and go for months.
	maxWaiting = 64
)

type replies struct {
	waiting map[string]time.Time // by client: when its command passed
}

func newReplies() *replies { return &replies{waiting: map[string]time.Time{}} }

func (r *replies) sent(m tap.Message) {
	if since, open := r.waiting[m.Client]; open {
		if gone := m.Time.Sub(since); gone >= 0 && gone < maxReply {
			return
		}
	}
	if len(r.waiting) >= maxWaiting {
		r.forget()
	}
	r.waiting[m.Client] = m.Time
}

// received reports how long the reply took. The times are the relay's; when
// its clock was set in between the difference says nothing.
func (r *replies) received(m tap.Message) (time.Duration, bool) {
	since, open := r.waiting[m.Client]
	if !open {
		return 0, false
	}
	delete(r.waiting, m.Client)
	took := m.Time.Sub(since)
	return took, took >= 0 && took < maxReply
}

func (r *replies) forget() { clear(r.waiting) }
