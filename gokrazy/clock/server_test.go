package main

import (
	"encoding/binary"
	"net"
	"sync"
	"testing"
	"time"
)

// timeServer answers as one that speaks NTP, RFC 5905.
type timeServer struct {
	addr    string
	stratum byte
	asked   chan struct{} // gets one, at the first question
	close   func()
}

// newTimeServer starts one with that clock, of that stratum; without a clock it
// says nothing.
func newTimeServer(t *testing.T, now func() time.Time, stratum byte) *timeServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &timeServer{addr: conn.LocalAddr().String(), stratum: stratum, asked: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		question := make([]byte, 1024)
		for {
			n, from, err := conn.ReadFrom(question)
			if err != nil {
				return // it is closed
			}
			select {
			case s.asked <- struct{}{}:
			default:
			}
			if n >= 48 && now != nil {
				_, _ = conn.WriteTo(s.answer(question[:n], now()), from)
			}
		}
	}()
	s.close = sync.OnceFunc(func() { conn.Close(); <-done })
	t.Cleanup(s.close)
	return s
}

func (s *timeServer) answer(question []byte, now time.Time) []byte {
	answer := make([]byte, 48)
	answer[0] = 4<<3 | 4 // version 4, a server's
	answer[1] = s.stratum
	answer[2], answer[3] = 6, 0xe9
	copy(answer[24:32], question[40:48]) // to which question this belongs
	stamp := func(at int, t time.Time) {
		since1900 := t.Unix() + 2208988800
		binary.BigEndian.PutUint32(answer[at:], uint32(since1900))
		binary.BigEndian.PutUint32(answer[at+4:], uint32(uint64(t.Nanosecond())<<32/1e9))
	}
	stamp(16, now.Add(-time.Minute)) // when its own clock was set
	stamp(32, now)
	stamp(40, now)
	return answer
}
