package session

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gorilla/websocket"

	"rawtcpcom/relay/panics"
	"rawtcpcom/relay/rawjson"
)

// write sends what is queued, and pings, until the session ends.
func (s *Session) write() {
	defer close(s.wrote)
	s.fail(panics.Confine(s.cfg.Log, "writing to the router", s.transmit))
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
		if err := s.ping(); err != nil {
			return err
		}
	}
	return s.drain()
}

func (s *Session) ping() error {
	s.lastPing = time.Now()
	if err := s.conn.WriteControl(websocket.PingMessage, nil, s.lastPing.Add(WriteTimeout)); err != nil {
		return fmt.Errorf("pinging the router: %w", err)
	}
	return nil
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
	return s.pong()
}

// pong answers the router's pings and sends what was collected.
func (s *Session) pong() error {
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

func (s *Session) pongsDue() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pongs) > 0
}

// next takes the next request and gives it its id, 0 if it was withdrawn. With
// an id, its outcome is unknown from here on until the router answers. After
// GOODBYE there is no next.
func (s *Session) next() (r request, id uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || s.leaving && len(s.urgent) == 0 {
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
		if !r.last {
			sent := r
			sent.payload = nil // only the answer is waited for
			s.inflight[s.lastID] = sent
		}
		return r, s.lastID, true
	}
	return request{}, 0, false
}

func (s *Session) send(r request, id uint64) error {
	if r.message != nil {
		b, err := serializer.Serialize(r.message(wamp.ID(id)))
		if err != nil {
			return fmt.Errorf("writing to the router: %w", err)
		}
		s.buf = append(s.buf[:0], b...)
	} else {
		s.buf = appendPublish(s.buf[:0], id, r)
	}
	err := s.writeMessage(s.buf)
	if cap(s.buf) > 1<<20 {
		s.buf = nil // one large message must not cost its memory for ever
	}
	if err != nil {
		return fmt.Errorf("writing to the router: %w", err)
	}
	return nil
}

// writeMessage writes a large message in fragments and lets pings and pongs
// pass between them. On a slow link the router's pong would otherwise wait
// behind the whole message, and a router that is being written to would look
// frozen, to this side or the relay to it.
func (s *Session) writeMessage(b []byte) error {
	if len(b) <= bufferSize {
		return s.conn.WriteMessage(websocket.TextMessage, b)
	}
	w, err := s.conn.NextWriter(websocket.TextMessage)
	for err == nil && len(b) > 0 {
		n := min(len(b), bufferSize)
		if _, err = w.Write(b[:n]); err == nil {
			err = s.between()
		}
		b = b[n:]
	}
	if err != nil {
		return err
	}
	return w.Close()
}

// between sends what is due between two fragments.
func (s *Session) between() error {
	due := time.Since(s.lastPing) >= KeepAlive
	if due {
		if err := s.ping(); err != nil {
			return err
		}
	}
	if due || s.pongsDue() {
		return s.pong()
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
