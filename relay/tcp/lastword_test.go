package tcp_test

import (
	"context"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/tcp"
)

// turning is a server that has no room for anybody, by either way.
func turning(door *tcp.Door, noID bool) *tcp.Server {
	s := &tcp.Server{Handler: newHandler(""), Door: door}
	if noID {
		s.Handler = noIDs{newHandler("")}
	} else {
		s.Admit = &tcp.Admission{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, InAll: 10}
	}
	return s
}

type noIDs struct{ *handler }

func (noIDs) Arrived(context.Context, *tcp.Conn) *tcp.Denial {
	return tcp.Deny(tcp.TooMany, "no id is free")
}

// eachWay runs a test for both ways in which there can be no room.
func eachWay(t *testing.T, test func(t *testing.T, noID bool)) {
	t.Parallel()
	for name, noID := range map[string]bool{"no connection": false, "no id": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, noID)
		})
	}
}

// Who is turned away is heard: some messages, and no line of a browser's.
func TestTurnedAwayIsHeard(t *testing.T) {
	eachWay(t, func(t *testing.T, noID bool) {
		for sent, want := range map[string]string{
			`{"n":1}`:                       `{"n":1}`,
			`{"n":1}{"n":2}` + "\n":         `{"n":1}{"n":2}`,
			`{"end":1}{"n":2}` + "\n":       `{"end":1}`,
			strings.Repeat(`{"n":1}`, 9):    strings.Repeat(`{"n":1}`, 4),
			"rubbish\n" + `{"n":1}`:         "",
			"GET / HTTP/1.1\r\n{\"n\":1}\n": "",
			"\x16\x03\x01{\"n\":1}\n":       "",
			`{"n":"` + strings.Repeat("x", 8<<10) + `"}{"n":1}` + "\n": "",
			`{"n":1`: "",
		} {
			door, _ := newDoor()
			heard := ""
			door.LastWord = func(_ string, frame []byte) ([]byte, bool) {
				heard += string(frame) // from one connection
				return []byte("answered"), !strings.Contains(heard, "end")
			}
			ln := listen(t)
			stop := serve(t, turning(door, noID), ln)
			conn, lines := dial(t, ln)
			next(t, lines, `"failed"`)
			next(t, lines, `"busy"`)
			_, _ = io.WriteString(conn, sent)
			_ = conn.CloseWrite()
			answers := 0
			for lines.Scan() {
				answers++
			}
			stop()
			if heard != want || answers != strings.Count(want, "{") {
				t.Errorf("of %.40q %q was heard and %d lines answered", sent, heard, answers)
			}
		}
	})
}

// A panic there ends that connection alone.
func TestPanicWhileTurnedAwayIsHeard(t *testing.T) {
	eachWay(t, func(t *testing.T, noID bool) {
		door, log := newDoor()
		door.LastWord = func(string, []byte) ([]byte, bool) { panic("in LastWord") }
		ln := listen(t)
		serve(t, turning(door, noID), ln)
		for range 2 {
			conn, lines := dial(t, ln)
			next(t, lines, `"failed"`)
			next(t, lines, `"busy"`)
			_, _ = io.WriteString(conn, `{"n":1}`)
			if lines.Scan() || lines.Err() != nil {
				t.Errorf("instead of the end: %q, %v", lines.Text(), lines.Err())
			}
		}
		if strings.Count(log.String(), "in LastWord") != 2 {
			t.Error("not logged")
		}
	})
}

// A server that is to end does not wait for who has nothing to say.
func TestServerEndsWhileTurnedAwayIsHeard(t *testing.T) {
	eachWay(t, func(t *testing.T, noID bool) {
		door, _ := newDoor()
		door.LastWord = func(string, []byte) ([]byte, bool) { return nil, false }
		ln := listen(t)
		stop := serve(t, turning(door, noID), ln)
		conn, lines := dial(t, ln)
		next(t, lines, `"failed"`)
		next(t, lines, `"busy"`)
		began := time.Now()
		go stop()
		if rest, err := io.ReadAll(conn); err != nil || len(rest) > 0 {
			t.Errorf("then %q, %v", rest, err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("it is closed after %v", took)
		}
		stop()
	})
}
