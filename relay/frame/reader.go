// Package frame cuts the byte stream of a TCP client into frames: one JSON
// object each (relay/wire/README.md, "What clients send").
//
// The decisions that are easy to miss:
//   - A terminator byte, \n or \r, always ends a frame, even inside an object
//     or a string. Otherwise a message cut short would swallow the one after
//     it, and the robot would be sent to where nobody asked it to go.
//   - An object also ends where its braces close, because the clients of the
//     original often sent no terminator at all.
//   - After a bad frame reading goes on at the next terminator or at the next
//     "{", whichever comes first; inside a bad object at its end.
//   - A frame over the limit is reported when it crosses the limit and its
//     rest is thrown away unread, so no more than the limit is ever held.
//   - A reader has a chunk of its own. What a larger frame takes is lent to it
//     until that frame has been handed on, see Buffers.
//
// The reader looks at braces and quotes alone. Whether a frame is valid JSON
// is for package wire to say.
//
//	reader.go   reads from the client and keeps the frame that is under way
//	scan.go     finds where a frame ends
//	buffers.go  lends memory for large frames
//	error.go    what is wrong with a bad frame
package frame

import (
	"errors"
	"io"
)

// chunk is the least room offered to a read, in bytes.
const chunk = 16 << 10

// A Reader reads frames. It is not safe for concurrent use.
type Reader struct {
	Idle func() // called before the reader waits for memory; nil for nothing

	src     io.Reader
	buffers *Buffers
	max     int             // theirs
	quit    <-chan struct{} // nothing is waited for any more

	own        []byte // the reader's chunk
	buf        []byte // that, or a larger one that is lent
	pos, end   int    // the unread bytes are buf[pos:end]
	start      int    // where the frame begins in buf, while it is kept
	mode       mode
	size       int // bytes of the frame so far
	depth      int
	inString   bool
	escaped    bool
	head       []byte // beginning of a frame that is not kept
	sourceDone error
}

// NewReader reads frames from src. It waits for memory of buffers until quit is
// closed. Close it when done.
func NewReader(src io.Reader, buffers *Buffers, quit <-chan struct{}) *Reader {
	own := make([]byte, chunk)
	return &Reader{src: src, max: buffers.max, buffers: buffers, quit: quit, own: own, buf: own}
}

// Close gives back what is lent to the reader, the last frame included.
func (r *Reader) Close() {
	if r.lent() {
		r.buffers.takeBack(r.buf)
		r.buf = r.own
	}
}

func (r *Reader) lent() bool { return &r.buf[0] != &r.own[0] }

// Next returns the next frame, without its terminator. The bytes are valid
// until the following call. The error is an *Error for a bad frame, after
// which Next may be called again; any other error is that of the source and
// final (io.EOF where the source ended between frames).
func (r *Reader) Next() ([]byte, error) {
	for {
		for r.pos < r.end {
			frame, err := r.step()
			if frame != nil || err != nil {
				return frame, err
			}
		}
		if r.sourceDone != nil {
			return nil, r.finish()
		}
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
}

// finish reports a frame that the end of the source cut short, then that end.
func (r *Reader) finish() error {
	last := r.mode
	r.mode = between
	switch last {
	case object:
		return &Error{Kind: Incomplete, Head: headOf(r.buf[r.start:r.end]), Max: r.max}
	case junk:
		if err := r.junkError(); err != nil {
			return err
		}
	}
	return r.sourceDone
}

// fill reads more bytes, keeping the frame that is under way. The error is an
// *Error where there is no room for that frame.
func (r *Reader) fill() error {
	from := r.end // nothing of it is kept
	if r.mode == object {
		from = r.start
	}
	err := r.makeRoom(r.buf[from:r.end])
	if errors.Is(err, errNoRoom) {
		r.mode = overObject
		return &Error{Kind: NoRoom, Head: headOf(r.buf[from:r.end]), Max: r.max}
	}
	if r.sourceDone = err; err != nil {
		return nil
	}
	n, err := r.src.Read(r.buf[r.end:])
	r.end += n
	r.sourceDone = err
	return nil
}

// makeRoom moves what is kept to the beginning of a buffer with room for more:
// the reader's own where that is enough, so that a client at rest costs no
// more than that.
func (r *Reader) makeRoom(kept []byte) error {
	buf := r.buf
	switch {
	case len(kept) <= chunk/2:
		buf = r.own
	case len(buf)-len(kept) >= chunk/2:
	case !r.lent():
		var err error
		if buf, err = r.buffers.lend(r.Idle, r.quit); err != nil {
			return err
		}
	default:
		// The frame is at most max bytes here, so this ends at max + chunk.
		buf = make([]byte, min(2*len(buf), r.max+chunk))
	}
	n := copy(buf, kept)
	if r.lent() && &buf[0] == &r.own[0] {
		r.buffers.takeBack(r.buf)
	}
	r.buf, r.start, r.pos, r.end = buf, 0, n, n
	return nil
}
