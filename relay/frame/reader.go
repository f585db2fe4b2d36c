// Package frame cuts the byte stream of a TCP client into frames: one JSON
// object each (PROTOCOL, "What clients send").
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
//
// The reader looks at braces and quotes alone. Whether a frame is valid JSON
// is for package wire to say.
package frame

import (
	"bytes"
	"fmt"
	"io"
)

// HeadSize is how much of a bad frame is kept to be shown to its sender, in bytes.
const HeadSize = 200

// chunk is the least room offered to a read, in bytes.
const chunk = 4096

// A Kind says what is wrong with a frame.
type Kind int

const (
	NotObject  Kind = iota // bytes that begin no JSON object
	Incomplete             // the line or the connection ended inside the object
	TooLarge               // the frame crossed the limit
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
	case Incomplete:
		return "the line ended inside the JSON object; send each message whole, on one line"
	default:
		return `not a JSON object; a message starts with "{"`
	}
}

// A Reader reads frames. It is not safe for concurrent use.
type Reader struct {
	src io.Reader
	max int

	buf        []byte
	pos, end   int // the unread bytes are buf[pos:end]
	start      int // where the frame begins in buf, while it is kept
	mode       mode
	size       int // bytes of the frame so far
	depth      int
	inString   bool
	escaped    bool
	head       []byte // beginning of a frame that is not kept
	bom        int    // bytes of a byte order mark seen; -1 once past the start
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

// NewReader reads frames of at most max bytes from src.
func NewReader(src io.Reader, max int) *Reader {
	return &Reader{src: src, max: max, buf: make([]byte, chunk)}
}

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
		r.fill()
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
		return r.junkError()
	}
	return r.sourceDone
}

// step advances over the buffered bytes until a frame ends or they run out.
func (r *Reader) step() ([]byte, error) {
	switch r.mode {
	case between:
		return nil, r.skipSpace()
	case object, overObject:
		return r.scanObject()
	default:
		return nil, r.scanJunk()
	}
}

// byteOrderMark is what some C# and PowerShell writers send first.
var byteOrderMark = [...]byte{0xEF, 0xBB, 0xBF}

func (r *Reader) skipSpace() error {
	for r.pos < r.end {
		b := r.buf[r.pos]
		switch {
		case r.bom >= 0 && r.bom < len(byteOrderMark) && b == byteOrderMark[r.bom]:
			r.bom++
			r.pos++
			continue
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			r.pos++
		case b == '{':
			r.begin(object)
			return nil
		default:
			r.begin(junk)
			r.head = r.head[:0]
			return nil
		}
		r.bom = -1
	}
	return nil
}

func (r *Reader) begin(m mode) {
	r.mode, r.start, r.size, r.bom = m, r.pos, 0, -1
	r.depth, r.inString, r.escaped = 0, false, false
}

// scanObject follows braces and quotes to the end of the object or the line.
func (r *Reader) scanObject() ([]byte, error) {
	from := r.pos
	for r.pos < r.end {
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
		if r.depth == 0 && !r.inString {
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

func (r *Reader) junkError() error {
	return &Error{Kind: NotObject, Head: clone(r.head), Max: r.max}
}

// fill reads more bytes, keeping the frame that is under way.
func (r *Reader) fill() {
	if r.mode == object {
		r.end = copy(r.buf, r.buf[r.start:r.end])
	} else {
		r.end = 0
	}
	r.start, r.pos = 0, r.end
	if len(r.buf)-r.end < chunk/2 {
		// The frame is at most max bytes here, so this ends at max + chunk.
		r.buf = append(r.buf[:r.end], make([]byte, min(max(r.end, chunk), r.max+chunk-r.end))...)
	} else if r.end == 0 && len(r.buf) > 16*chunk {
		r.buf = make([]byte, chunk) // one large message must not cost its memory for ever
	}
	n, err := r.src.Read(r.buf[r.end:])
	r.end += n
	r.sourceDone = err
}

func clone(b []byte) []byte { return bytes.Clone(b[:min(len(b), HeadSize)]) }
