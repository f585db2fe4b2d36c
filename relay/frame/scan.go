package frame

import "bytes"

type mode int

const (
	between    mode = iota // white space and terminators before a frame
	object                 // inside an object, kept
	overObject             // inside an object over the limit, thrown away
	junk                   // bytes that begin no object
	overJunk               // the same, already reported as too large
)

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
			return nil, &Error{Kind: Incomplete, Head: headOf(r.buf[r.start:r.pos]), Max: r.max}
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
			return nil, &Error{Kind: TooLarge, Head: headOf(r.buf[r.start:r.pos]), Max: r.max}
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
		return nil, &Error{Kind: TooLarge, Head: headOf(r.buf[r.start:r.pos]), Max: r.max}
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
			return &Error{Kind: TooLarge, Head: headOf(r.head), Max: r.max}
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
	return &Error{Kind: NotObject, Head: headOf(r.head), Max: r.max}
}
