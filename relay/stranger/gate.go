package stranger

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// Gate reads a connection and hands on what is not a stranger's. Where it is,
// Read fails with an *Error, and nothing of the line that gave it away, nor
// what came after it, was handed on.
type Gate struct {
	src     io.Reader
	held    []byte // not judged yet, or not read yet: ready bytes of it are
	ready   int
	judged  bool  // a line has been judged and found a person's
	program bool  // a message has begun: all else passes
	err     error // the end, once held is read
}

// NewGate makes a gate on a connection.
func NewGate(src io.Reader) *Gate { return &Gate{src: src} }

// From has the gate read on from another source.
func (g *Gate) From(src io.Reader) { g.src = src }

// Peek reads until there is something to hand on, or it is known that there
// will be nothing, or the source says that its deadline has passed. It returns
// an error only for a stranger.
func (g *Gate) Peek() *Error {
	for g.ready == 0 && g.err == nil {
		if g.fill(make([]byte, 1<<10)); errors.Is(g.err, os.ErrDeadlineExceeded) {
			g.err = nil
			break
		}
	}
	var stranger *Error
	if g.ready == 0 {
		errors.As(g.err, &stranger)
	}
	return stranger
}

// Held is what has passed and was not read yet.
func (g *Gate) Held() []byte { return g.held[:g.ready] }

// More reads once more ahead of Read, and returns whether there may be yet more.
func (g *Gate) More() bool {
	if g.err != nil {
		return false
	}
	if g.fill(make([]byte, 1<<10)); errors.Is(g.err, os.ErrDeadlineExceeded) {
		g.err = nil
		return false
	}
	return g.err == nil
}

// Read reads what has passed. The buffer is to have room for more than a few
// bytes.
func (g *Gate) Read(b []byte) (int, error) {
	for {
		switch {
		case g.ready > 0:
			n := copy(b, g.held[:g.ready])
			g.ready -= n
			if g.held = g.held[n:]; len(g.held) == 0 {
				g.held = nil
			}
			return n, nil
		case g.err != nil:
			return 0, g.err
		case g.program:
			return g.src.Read(b)
		}
		g.fill(b)
	}
}

// fill reads once, by way of b, and judges.
func (g *Gate) fill(b []byte) {
	n, err := g.src.Read(b)
	g.held = append(g.held, b[:n]...)
	if g.program {
		g.ready, g.err = len(g.held), err
		return
	}
	// A deadline ends no line: more of it may come after.
	ended := err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
	if kind := g.judge(ended); kind != "" {
		g.err = &Error{kind}
		return
	}
	g.err = err
}

// judge counts as ready what may be handed on, and says whose the rest is
// where that is a stranger's.
func (g *Gate) judge(ended bool) Kind {
	for {
		rest := g.held[g.ready:]
		line := trim(rest)
		if len(line) == 0 {
			g.ready = len(g.held)
			return ""
		}
		if line[0] == '{' {
			g.program, g.ready = true, len(g.held)
			return ""
		}
		end := bytes.IndexAny(line, "\r\n")
		whole := end >= 0 || ended
		if end >= 0 {
			line = line[:end]
		}
		kind := Kind("")
		if !g.judged {
			kind = first(line, whole)
		}
		if kind == "" {
			kind = request(line)
		}
		if kind == "" && !g.judged && bytes.ContainsFunc(line, control) {
			kind = Binary
		}
		if kind == "" && len(line) > MaxLine {
			kind = Endless
		}
		if kind != "" || !whole {
			return kind
		}
		g.judged = true
		g.ready += len(rest) - len(trim(rest)) + len(line)
		if end >= 0 {
			g.ready++ // with its end, so that it is answered now
		}
	}
}
