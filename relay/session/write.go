package session

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gorilla/websocket"

	"rawtcpcom/relay/guard"
	"rawtcpcom/relay/rawjson"
)

// write sends what is queued, and pings, until the session ends.
func (s *Session) write() {
	defer close(s.wrote)
	s.fail(guard.Call(s.cfg.Log, "writing to the router", s.transmit))
}

func (s *Session) transmit() error {
	ping := time.NewTicker(KeepAlive)
	defer ping.Stop()
	for {
		due := false
		select {
		case <-s.wake:
		case <-ping.C:
			due = true
		case <-s.quit:
			return ErrClosed
		}
		if err := s.turn(due); err != nil {
			return err
		}
	}
}

// turn sends what is queued, and a ping where one is due.
func (s *Session) turn(ping bool) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if ping {
		if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(WriteTimeout)); err != nil {
			return fmt.Errorf("pinging the router: %w", err)
		}
	}
	return s.drain()
}

// drain sends until nothing is queued. The caller holds writing.
func (s *Session) drain() error {
	for {
		r, id, ok := s.next()
		if !ok {
			break
		}
		if id == 0 {
			s.settle(r, nil, ErrWithdrawn)
			continue
		}
		if err := s.send(r, id); err != nil {
			return err
		}
	}
	for _, text := range s.duePongs() {
		if err := s.conn.WriteControl(websocket.PongMessage, []byte(text), time.Now().Add(WriteTimeout)); err != nil {
			return fmt.Errorf("answering the router's ping: %w", err)
		}
	}
	if err := s.transport.flush(); err != nil {
		return fmt.Errorf("writing to the router: %w", err)
	}
	return nil
}

// pinged is called on the reader, which must not write.
func (s *Session) pinged(text string) error {
	s.mu.Lock()
	if len(s.pongs) < 16 { // a router that pings faster than it reads gets no more
		s.pongs = append(s.pongs, text)
	}
	s.mu.Unlock()
	s.signal()
	return nil
}

func (s *Session) duePongs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	due := s.pongs
	s.pongs = nil
	return due
}

// next takes the next request and gives it its id, 0 if it was withdrawn. With
// an id, its outcome is unknown from here on until the router answers.
func (s *Session) next() (r request, id uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return request{}, 0, false
	}
	for _, queue := range []*[]request{&s.urgent, &s.plain} {
		if len(*queue) == 0 {
			continue
		}
		r = (*queue)[0]
		(*queue)[0] = request{} // let go of its memory
		*queue = (*queue)[1:]
		if r.ctx != nil && r.ctx.Err() != nil {
			return r, 0, true
		}
		s.lastID++
		sent := r
		sent.payload = nil // only the answer is waited for
		s.inflight[s.lastID] = sent
		return r, s.lastID, true
	}
	return request{}, 0, false
}

func (s *Session) send(r request, id uint64) error {
	var err error
	if r.encode != nil {
		s.buf, err = r.encode(s.buf[:0], id)
	} else {
		s.buf = appendPublish(s.buf[:0], id, r)
	}
	if err == nil {
		err = s.conn.WriteMessage(websocket.TextMessage, s.buf)
	}
	if cap(s.buf) > 1<<20 {
		s.buf = nil // one large message must not cost its memory for ever
	}
	if err != nil {
		return fmt.Errorf("writing to the router: %w", err)
	}
	return nil
}

// appendPublish appends WAMP's [16, request, options, topic, arguments].
func appendPublish(dst []byte, id uint64, r request) []byte {
	if len(r.payload) > 64<<10 { // grown step by step it would cost some times its memory
		escapes := bytes.Count(r.payload, []byte{'"'}) + bytes.Count(r.payload, []byte{'\\'})
		dst = slices.Grow(dst, len(r.payload)+escapes+len(r.topic)+100)
	}
	dst = append(dst, `[16,`...)
	dst = strconv.AppendUint(dst, id, 10)
	dst = append(dst, `,{"acknowledge":true},`...)
	dst = rawjson.AppendString(dst, r.topic)
	dst = append(dst, `,[`...)
	if r.json {
		dst = append(dst, r.payload...)
	} else {
		dst = rawjson.AppendString(dst, r.payload)
	}
	return append(dst, `]]`...)
}
