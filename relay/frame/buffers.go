package frame

import "errors"

// Buffers lends readers the memory for frames that do not fit into a chunk, to
// so many at once. Whoever comes later waits, and its client with it: half
// frames on a thousand connections must not be a thousand large buffers. A
// frame of half a chunk, and so a stop, never waits.
type Buffers struct {
	max   int           // bytes of a frame
	slots chan struct{} // one for each buffer that is lent
	kept  chan []byte   // for the next, so that a large frame need not cost new memory
}

const (
	lentSize = 1 << 20 // bytes that are lent at first, where frames may be so large
	keep     = 2       // buffers kept while they are not lent
)

// NewBuffers lends to count readers at once, for frames of at most max bytes.
func NewBuffers(count, max int) *Buffers {
	return &Buffers{max: max, slots: make(chan struct{}, count), kept: make(chan []byte, keep)}
}

// errQuit ends a reader that waited for a buffer when its connection ended.
var errQuit = errors.New("the connection ended while its message waited for memory")

func (b *Buffers) size() int { return min(b.max, lentSize) + chunk }

// lend waits for a buffer until quit is closed, and calls idle before it waits.
func (b *Buffers) lend(idle func(), quit <-chan struct{}) ([]byte, error) {
	select {
	case b.slots <- struct{}{}:
	default:
		if idle != nil {
			idle()
		}
		select {
		case b.slots <- struct{}{}:
		case <-quit:
			return nil, errQuit
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
