package traffic

import (
	"slices"
	"sync"
	"time"

	"rawtcpcom/relay/tap"
)

// Kept is how many messages each way are kept.
const Kept = 200

// Log is the memory of what passed. It is safe for use by several goroutines.
type Log struct {
	now func() time.Time

	mu      sync.Mutex
	last    uint64 // number of the latest entry
	in, out []Entry
	dropped uint64
	rates   *rates
	replies *replies
}

// NewLog makes an empty one. now is the clock of the plot.
func NewLog(now func() time.Time) *Log {
	return &Log{now: now, rates: newRates(now()), replies: newReplies()}
}

// Add takes a message that passed.
func (l *Log) Add(m tap.Message) {
	if m.Dir != tap.In && m.Dir != tap.Out {
		return // of a later relay; there is no place for it
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e := Entry{N: l.last, Message: m}
	now := l.now()
	if m.Dir == tap.In {
		l.in = keep(l.in, e)
		l.replies.sent(m)
	} else {
		l.out = keep(l.out, e)
		if took, ok := l.replies.received(m); ok {
			l.rates.reply(now, took)
		}
	}
	l.rates.count(now, m.Dir, 1)
}

// keep appends to a list that holds Kept entries. It moves them once every
// Kept entries, so an addition costs the same on average however busy it is.
func keep(list []Entry, e Entry) []Entry {
	if len(list) == 2*Kept {
		list = append(list[:0], list[Kept:]...)
	}
	return append(list, e)
}

// Drop takes that n messages passed of which nothing is known: the tap never
// slows the traffic, it leaves out.
func (l *Log) Drop(n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropped += n
	l.rates.drop(l.now(), n)
	// A reply may be among them, and then the next one would be taken for it.
	l.replies.forget()
}

// Dropped is how many messages the tap left out since the start.
func (l *Log) Dropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}

// After returns the kept entries with a number above n in their order, and
// the number of the latest there is. skipped is how many of those after n are
// not kept any more.
func (l *Log) After(n uint64) (list []Entry, last, skipped uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, side := range [][]Entry{l.in, l.out} {
		for _, e := range side[max(0, len(side)-Kept):] {
			if e.N > n {
				list = append(list, e)
			}
		}
	}
	slices.SortFunc(list, func(a, b Entry) int { return int(int64(a.N) - int64(b.N)) })
	if l.last > n {
		skipped = l.last - n - uint64(len(list))
	}
	return list, l.last, skipped
}

// SeriesAfter returns the complete seconds after the one given, of the last
// five minutes. Before second 0 this program did not run.
func (l *Log) SeriesAfter(second int64) Series {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rates.after(l.now(), second)
}
