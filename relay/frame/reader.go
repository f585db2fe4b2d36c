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
package frame

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// HeadSize is how much of a bad frame is kept to be shown to its sender, in bytes.
const HeadSize = 200

// chunk is the least room offered to a read, in bytes.
const chunk = 16 << 10

// A Kind says what is wrong with a frame.
type Kind int

const (
	NotObject  Kind = iota // bytes that begin no JSON object
	Incomplete             // the line or the connection ended inside the object
	TooLarge               // the frame crossed the limit
	NoRoom                 // others' frames took up the memory for this one
)

// Error is a bad frame. The reader goes on after it.
type Error struct {
	Kind Kind
	Head []byte // the first HeadSize bytes of the frame
	Max  int    // the limit in force, bytes
}

func (e *Error) Error() string {
	switch e.Kind {
	case TooLarge:
		return fmt.Sprintf("the message is larger than %d bytes; send less at once, or start the relay with a larger -max-message", e.Max)
	case NoRoom:
		return fmt.Sprintf("other clients' large messages took up the memory for this one for %v; send it again", lendTime)
	case Incomplete:
		return "the line ended inside the JSON object; send each message whole, on one line"
	default:
		return `not a JSON object; a message starts with "{"`
	}
}

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

type mode int

const (
	between    mode = iota // white space and terminators before a frame
	object                 // inside an object, kept
	overObject             // inside an object over the limit, thrown away
	junk                   // bytes that begin no object
	overJunk               // the same, already reported as too large
)

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
		return &Error{Kind: Incomplete, Head: clone(r.buf[r.start:r.end]), Max: r.max}
	case junk:
		if err := r.junkError(); err != nil {
			return err
		}
	}
	return r.sourceDone
}

// step advances over the buffered bytes until a frame ends or they run out.
func (r *Reader) step() ([]byte, error) {
	switch r.mode {
	case between:
		r.skipSpace()
		return nil, nil
	case object, overObject:
		return r.scanObject()
	default:
		return nil, r.scanJunk()
	}
}

func (r *Reader) skipSpace() {
	for r.pos < r.end {
		switch r.buf[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		case '{':
			r.begin(object)
			return
		default:
			r.begin(junk)
			return
		}
	}
}

func (r *Reader) begin(m mode) {
	r.mode, r.start, r.size, r.head = m, r.pos, 0, r.head[:0]
	r.depth, r.inString, r.escaped = 0, false, false
}

// scanObject follows braces and quotes to the end of the object or the line.
func (r *Reader) scanObject() ([]byte, error) {
	from := r.pos
	limit := r.end // as far as the frame may go
	if r.mode == object {
		limit = min(limit, from+r.max-r.size)
	}
	for r.pos < r.end {
		if !r.escaped {
			r.skipPlain(limit)
		}
		if r.pos == r.end {
			break
		}
		b := r.buf[r.pos]
		if b == '\n' || b == '\r' {
			kept := r.mode == object
			r.mode = between
			if !kept {
				return nil, nil
			}
			return nil, &Error{Kind: Incomplete, Head: clone(r.buf[r.start:r.pos]), Max: r.max}
		}
		r.pos++
		switch {
		case r.escaped:
			r.escaped = false
		case r.inString:
			switch b {
			case '\\':
				r.escaped = true
			case '"':
				r.inString = false
			}
		case b == '"':
			r.inString = true
		case b == '{':
			r.depth++
		case b == '}':
			r.depth--
		}
		if r.depth == 0 {
			return r.closeObject(from)
		}
		if r.mode == object && r.size+r.pos-from > r.max {
			r.mode = overObject
			return nil, &Error{Kind: TooLarge, Head: clone(r.buf[r.start:r.pos]), Max: r.max}
		}
	}
	r.size += r.pos - from
	return nil, nil
}

// skipPlain passes over bytes that mean nothing to scanObject. Nearly all are
// such, in a large message.
func (r *Reader) skipPlain(limit int) {
	plain := &plainOutside
	if r.inString {
		plain = &plainInString
	}
	for r.pos < limit && plain[r.buf[r.pos]] {
		r.pos++
	}
}

var (
	plainOutside  = allBut("\"{}\n\r")
	plainInString = allBut("\"\\\n\r")
)

func allBut(bytes string) (table [256]bool) {
	for i := range table {
		table[i] = true
	}
	for _, b := range []byte(bytes) {
		table[b] = false
	}
	return table
}

func (r *Reader) closeObject(from int) ([]byte, error) {
	kept := r.mode == object
	r.mode = between
	switch {
	case !kept:
		return nil, nil
	case r.size+r.pos-from > r.max:
		return nil, &Error{Kind: TooLarge, Head: clone(r.buf[r.start:r.pos]), Max: r.max}
	}
	return r.buf[r.start:r.pos], nil
}

func (r *Reader) scanJunk() error {
	for r.pos < r.end {
		b := r.buf[r.pos]
		if b == '\n' || b == '\r' || b == '{' {
			reported := r.mode == overJunk
			r.mode = between
			if reported {
				return nil
			}
			return r.junkError()
		}
		r.pos++
		r.size++
		if len(r.head) < HeadSize {
			r.head = append(r.head, b)
		}
		if r.mode == junk && r.size > r.max {
			r.mode = overJunk
			return &Error{Kind: TooLarge, Head: clone(r.head), Max: r.max}
		}
	}
	return nil
}

// byteOrderMark is what some C# and PowerShell writers send first, those that
// open a new writer for each message before every one.
const byteOrderMark = "\xEF\xBB\xBF"

// junkError reports the junk, unless it is no more than a byte order mark.
func (r *Reader) junkError() error {
	if r.size == len(r.head) && string(bytes.TrimRight(r.head, " \t")) == byteOrderMark {
		return nil
	}
	return &Error{Kind: NotObject, Head: clone(r.head), Max: r.max}
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
		return &Error{Kind: NoRoom, Head: clone(r.buf[from:r.end]), Max: r.max}
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

func clone(b []byte) []byte { return bytes.Clone(b[:min(len(b), HeadSize)]) }
