package session

import (
	"fmt"
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
		r, id, ok := s.next()
		if ok {
			if err := s.send(r, id); err != nil {
				return err
			}
			continue
		}
		select {
		case <-s.wake:
		case <-ping.C:
			if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(WriteTimeout)); err != nil {
				return fmt.Errorf("pinging the router: %w", err)
			}
		case <-s.quit:
			return ErrClosed
		}
	}
}

// next takes the next request and gives it its id. From here on its outcome is
// unknown until the router answers.
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
		s.lastID++
		s.inflight[s.lastID] = r
		return r, s.lastID, true
	}
	return request{}, 0, false
}

func (s *Session) send(r request, id uint64) error {
	var err error
	if r.encode != nil {
		s.buf, err = r.encode(s.buf[:0], id)
	} else {
		s.buf = appendPublish(s.buf[:0], id, r.topic, r.payload)
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
func appendPublish(dst []byte, id uint64, topic string, payload []byte) []byte {
	dst = append(dst, `[16,`...)
	dst = strconv.AppendUint(dst, id, 10)
	dst = append(dst, `,{"acknowledge":true},`...)
	dst = rawjson.AppendString(dst, topic)
	dst = append(dst, `,[`...)
	dst = rawjson.AppendString(dst, payload)
	return append(dst, `]]`...)
}
