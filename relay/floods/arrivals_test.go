package floods_test

import (
	"bufio"
	"bytes"
	bits "encoding/binary"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
)

// arrivals is a line to the rig's router, at the far end of which it is noted when
// a halt in the relay's own name comes out. The router's acknowledgement comes
// later, and behind whatever the robot has to say meanwhile.
type arrivals struct {
	url   string
	halts chan time.Time
}

func newArrivals(t *testing.T, rig *Rig) *arrivals {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &arrivals{url: "ws://" + ln.Addr().String() + "/ws", halts: make(chan time.Time, 100)}
	far := strings.TrimSuffix(strings.TrimPrefix(rig.URL(), "ws://"), "/ws")
	var running sync.WaitGroup
	running.Go(func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			running.Go(func() { a.join(near, far) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		rig.StopRouter() // ends what is open
		running.Wait()
	})
	return a
}

func (a *arrivals) join(near net.Conn, addr string) {
	defer near.Close()
	far, err := net.Dial("tcp", addr)
	if err != nil {
		return // the relay dials again
	}
	var down sync.WaitGroup
	defer down.Wait()
	defer far.Close()
	down.Go(func() {
		defer near.Close()
		_, _ = io.Copy(near, far) // until either side has ended
	})
	up := bufio.NewReaderSize(near, 64<<10)
	if request, err := http.ReadRequest(up); err != nil || request.Write(far) != nil {
		return
	}
	for a.pass(up, far) == nil {
	}
}

// pass passes one frame of a WebSocket client on (RFC 6455, "Base Framing
// Protocol").
func (a *arrivals) pass(up *bufio.Reader, far io.Writer) error {
	head := make([]byte, 2, 14)
	if _, err := io.ReadFull(up, head); err != nil {
		return err
	}
	size, more := uint64(head[1]&0x7f), 4 // bytes of the mask
	switch size {
	case 126:
		more += 2
	case 127:
		more += 8
	}
	head = head[:2+more]
	if _, err := io.ReadFull(up, head[2:]); err != nil {
		return err
	}
	switch more {
	case 6:
		size = uint64(bits.BigEndian.Uint16(head[2:]))
	case 12:
		size = bits.BigEndian.Uint64(head[2:])
	}
	frame := append(head, make([]byte, size)...)
	if _, err := io.ReadFull(up, frame[len(head):]); err != nil {
		return err
	}
	now := time.Now()
	if _, err := far.Write(frame); err != nil {
		return err
	}
	if mask := head[len(head)-4:]; size < 4<<10 { // no halt is larger
		text := frame[len(head):]
		for i := range text {
			text[i] ^= mask[i%4]
		}
		if bytes.Contains(text, []byte("tcpRelay")) && bytes.Contains(text, []byte("halt")) {
			a.halts <- now
		}
	}
	return nil
}
