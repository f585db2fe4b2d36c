package traffic

import (
	"slices"
	"time"

	"rawtcpcom/relay/tap"
)

// Seconds is how far back the plot goes: five minutes.
const Seconds = 300

// maxReplies bounds the round-trip times kept of one second.
const maxReplies = 64

// Series is a stretch of complete seconds, oldest first.
type Series struct {
	Second  int64      `json:"second"` // of the last one, counted from the start of this program
	In      []uint64   `json:"in"`
	Out     []uint64   `json:"out"`
	Dropped []uint64   `json:"dropped"` // left out by the tap; where there are any, in and out are estimates
	Reply   []*float64 `json:"replyMs"` // median time from command to first reply; null when there was none
}

// rates holds a bucket for each of the last seconds, and the one under way.
type rates struct {
	start   time.Time
	buckets [Seconds + 1]bucket
}

type bucket struct {
	second           int64
	in, out, dropped uint64
	replies          []time.Duration
}

func newRates(now time.Time) *rates { return &rates{start: now} }

func (r *rates) second(now time.Time) int64 { return int64(now.Sub(r.start) / time.Second) }

// at is the bucket of now, emptied if it last served another second.
func (r *rates) at(now time.Time) *bucket {
	s := r.second(now)
	b := &r.buckets[s%int64(len(r.buckets))]
	if b.second != s {
		*b = bucket{second: s, replies: b.replies[:0]}
	}
	return b
}

func (r *rates) count(now time.Time, d tap.Direction, n uint64) {
	if d == tap.In {
		r.at(now).in += n
	} else {
		r.at(now).out += n
	}
}

func (r *rates) drop(now time.Time, n uint64) { r.at(now).dropped += n }

func (r *rates) reply(now time.Time, took time.Duration) {
	if b := r.at(now); len(b.replies) < maxReplies {
		b.replies = append(b.replies, took)
	}
}

// after returns the seconds behind second up to the one under way.
func (r *rates) after(now time.Time, second int64) Series {
	last := r.second(now) - 1
	s := Series{Second: last}
	for i := max(0, second+1, last-Seconds+1); i <= last; i++ {
		b := r.buckets[i%int64(len(r.buckets))]
		if b.second != i {
			b = bucket{} // nothing passed in that second
		}
		in, out := b.estimate()
		s.In = append(s.In, in)
		s.Out = append(s.Out, out)
		s.Dropped = append(s.Dropped, b.dropped)
		s.Reply = append(s.Reply, median(b.replies))
	}
	return s
}

// estimate shares out what the tap left out as the rest of the second was: it
// says how many there were and not which way they went.
func (b bucket) estimate() (in, out uint64) {
	seen := b.in + b.out
	if seen == 0 {
		return 0, 0
	}
	return b.in + b.dropped*b.in/seen, b.out + b.dropped*b.out/seen
}

// median is in milliseconds; nil of nothing.
func median(list []time.Duration) *float64 {
	if len(list) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(list))
	ms := float64(sorted[len(sorted)/2].Microseconds()) / 1000
	return &ms
}
