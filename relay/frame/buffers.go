package frame

import (
	"errors"
	"time"
)

// Buffers lends readers the memory for frames that do not fit into a chunk, to
// so many at once: half frames on a thousand connections must not be a thousand
// large buffers. Whoever comes later waits for lendTime, and its client with it.
// Then the frame is thrown away and its sender told, since what it sends next
// may be a stop, and the frame itself must not be obeyed long after it was sent.
// A frame of half a chunk never waits.
type Buffers struct {
	max   int           // bytes of a frame
	slots chan struct{} // one for each buffer that is lent
	kept  chan []byte   // for the next, so that a large frame need not cost new memory
}

const (
	lentSize = 1 << 20 // bytes that are lent at first, where frames may be so large
	keep     = 2       // buffers kept while they are not lent
	lendTime = 2 * time.Second
)

// NewBuffers lends to count readers at once, for frames of at most max bytes.
func NewBuffers(count, max int) *Buffers {
	return &Buffers{max: max, slots: make(chan struct{}, count), kept: make(chan []byte, keep)}
}

var (
	// errQuit ends a reader that waited for a buffer when its connection ended.
	errQuit = errors.New("the connection ended while its message waited for memory")
	// errNoRoom means that no buffer came free within lendTime.
	errNoRoom = errors.New("no buffer is free")
)

func (b *Buffers) size() int { return min(b.max, lentSize) + chunk }

// lend waits for a buffer until quit is closed, for lendTime at the most, and
// calls idle before it waits.
func (b *Buffers) lend(idle func(), quit <-chan struct{}) ([]byte, error) {
	select {
	case b.slots <- struct{}{}:
	default:
		if idle != nil {
			idle()
		}
		patience := time.NewTimer(lendTime)
		defer patience.Stop()
		select {
		case b.slots <- struct{}{}:
		case <-quit:
			return nil, errQuit
		case <-patience.C:
			return nil, errNoRoom
		}
	}
	select {
	case buf := <-b.kept:
		return buf, nil
	default:
		return make([]byte, b.size()), nil
	}
}

// takeBack takes what was lent, or the larger buffer that had to follow it.
func (b *Buffers) takeBack(buf []byte) {
	if len(buf) == b.size() {
		select {
		case b.kept <- buf:
		default:
		}
	}
	<-b.slots
}
