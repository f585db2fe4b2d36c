package tcp

import (
	"io"
	"time"
)

// A connection that always has more to read than is done with it is read by a goroutine
// that never waits. Go takes its processor from it after ten milliseconds, and looks for
// what else has come from the network no sooner while anything can run: somebody's stop
// waits for as long, at each step of its way. So whoever reads what is thrown away pauses
// after each share of it, for as short a time as there is, and others are seen to. (To
// yield alone, with runtime.Gosched, has nobody look at the network.) Who sends messages
// is held back by what becomes of them.

const (
	// fairShare is how much is thrown away before each pause, in bytes.
	fairShare = 128 << 10
	// oneFrame is what one that is answered with an error counts as: it costs more than
	// to read it, and nothing else slows down who sends it.
	oneFrame = 2 << 10
)

// share counts what one reader has had.
type share struct {
	bytes  int
	wasted bool // it has sent what is no message, and may send more
}

// had notes what was read, and pauses when the share is used up.
func (s *share) had(bytes int) {
	if !s.wasted {
		return
	}
	if s.bytes += bytes; s.bytes >= fairShare {
		s.bytes = 0
		time.Sleep(time.Microsecond)
	}
}

// fair reads so.
type fair struct {
	io.Reader
	share *share
}

func (f fair) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	f.share.had(n)
	return n, err
}

// discard reads to the end.
func discard(r io.Reader) { _, _ = io.Copy(io.Discard, fair{r, &share{wasted: true}}) } // however it ends
