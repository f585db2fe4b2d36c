package tcp_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/tcp"
)

// local is a pipe from this machine that can close one side, as TCP can.
type local struct{ net.Conn }

func (local) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
func (local) CloseWrite() error    { return nil }

// Whoever floods with what is no message is read with pauses, so that others' stops are
// seen to; whoever sends messages is not, nor who sends little. In the bubble, nothing
// but the pauses takes time.
func TestWhoFloodsIsReadWithPauses(t *testing.T) {
	t.Parallel()
	const message, mega = `{"n": 1}` + "\n", 1 << 20
	for name, row := range map[string]struct {
		sends       string
		least, most int // pauses
	}{
		"messages":       {strings.Repeat(message, 10_000), 0, 0},
		"large messages": {strings.Repeat(`{"n": "`+strings.Repeat("x", mega/2)+`"}`, 8), 0, 0},
		"some rubbish":   {strings.Repeat("rubbish\n", 50), 0, 0},
		"rubbish":        {strings.Repeat("rubbish\n", 6400), 90, 101},
		"long lines":     {strings.Repeat(strings.Repeat("x", mega)+"\n", 9), 60, 72},
		"after it ended": {"GET / HTTP/1.1\r\n" + strings.Repeat("x", mega), 7, 8},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ln := pipes{make(chan net.Conn), make(chan struct{})}
				stop := serve(t, &tcp.Server{Handler: newHandler(""), MaxMessage: mega}, ln)
				near, far := net.Pipe()
				go func() { _, _ = io.Copy(io.Discard, near) }()
				began := time.Now()
				ln.conns <- local{far}
				_, _ = io.WriteString(near, row.sends) // it may be closed
				synctest.Wait()
				if pauses := int(time.Since(began) / time.Microsecond); pauses < row.least || pauses > row.most {
					t.Errorf("%d pauses", pauses)
				}
				near.Close()
				stop()
			})
		})
	}
}
