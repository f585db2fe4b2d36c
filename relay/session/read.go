package session

import (
	"errors"
	"fmt"
	"io"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/panics"
)

// read hands on what the router sends until the session ends, then settles
// what is still open.
func (s *Session) read() {
	defer close(s.done)
	s.fail(panics.Confine(s.cfg.Log, "reading from the router", s.receive))
	<-s.wrote
	s.settleAll()
}

func (s *Session) receive() error {
	var buf []byte
	for {
		_, r, err := s.conn.NextReader()
		if err != nil {
			return fmt.Errorf("reading from the router: %w", err)
		}
		if buf, err = readAll(r, buf[:0]); err != nil {
			return fmt.Errorf("reading from the router: %w", err)
		}
		if err := s.dispatch(buf); err != nil {
			return err
		}
		if cap(buf) > 1<<20 {
			buf = nil // one large event must not cost its memory for ever
		}
	}
}

// readAll is io.ReadAll into a buffer that is used again.
func readAll(r io.Reader, buf []byte) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

func (s *Session) dispatch(b []byte) error {
	switch kind, fields := split(b); kind {
	case wamp.EVENT:
		id := number(fields.second)
		if topic, ok := s.subs[id]; ok {
			s.cfg.Event(parseEvent(topic, fields))
		} else if topic, ok := s.overheard[id]; ok && isOn(topic, fields) {
			s.cfg.Event(parseEvent(topic, fields))
		}
		return nil
	case wamp.PUBLISHED:
		s.answered(number(fields.second), nil, nil)
		return nil
	}
	m, err := decode(b)
	if err != nil {
		s.cfg.Log.Warn("message from the router left aside", "error", err)
		return nil
	}
	switch m := m.(type) {
	case *wamp.Subscribed:
		s.answered(uint64(m.Request), m, nil)
	case *wamp.Result:
		s.answered(uint64(m.Request), m, nil)
	case *wamp.Error:
		text := ""
		if len(m.Arguments) > 0 {
			text = fmt.Sprintf(" (%v)", m.Arguments[0])
		}
		s.answered(uint64(m.Request), nil, fmt.Errorf("the router refused: %s%s", m.Error, text))
	case *wamp.Goodbye:
		return s.ended(m)
	case *wamp.Abort:
		text, _ := wamp.AsString(m.Details["message"])
		return &AbortError{Reason: m.Reason, Text: text}
	default:
		s.cfg.Log.Warn("unexpected message from the router left aside", "message", m.MessageType().String())
	}
	return nil
}

// answered settles the request with that id. An id that the session does not
// know is an answer given twice, and is left aside.
func (s *Session) answered(id uint64, m wamp.Message, err error) {
	s.mu.Lock()
	r, ok := s.inflight[id]
	delete(s.inflight, id)
	s.mu.Unlock()
	if ok {
		s.settle(r, m, err)
	}
}
