package tcp

import (
	"context"
	"net"
	"time"

	"rawtcpcom/relay/frame"
	"rawtcpcom/relay/panics"
	"rawtcpcom/relay/stranger"
)

// Who is turned away for want of room is heard for a moment before the connection
// is closed, since what it came for may be to stop the robot. It is judged as a
// client is (package stranger), so that no browser is heard; who is in no network
// that may connect is not read at all. It costs a small buffer and a moment.
const (
	hearing     = 2 * time.Second // for the first messages to come
	lastWords   = 4               // messages at the most: an emptied queue and a halt, and both once more
	maxLastWord = 8 << 10         // bytes of one: no stop is larger
)

// hear passes on the messages of a connection that was turned away.
func (d *Door) hear(ctx context.Context, conn net.Conn, gate *stranger.Gate, why *Denial, answer func(line []byte)) {
	if d.LastWord == nil || why.Reason != TooMany {
		return
	}
	_ = conn.SetReadDeadline(time.Now().Add(hearing))
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer stop()
	_ = panics.Confine(d.Log, "hearing who is turned away", func() error { // logged there
		r := frame.NewReader(gate, frame.NewBuffers(1, maxLastWord), ctx.Done())
		defer r.Close()
		for range lastWords {
			f, err := r.Next()
			if err != nil {
				return nil // nothing came, or what has no place here
			}
			line, more := d.LastWord(conn.RemoteAddr().String(), f)
			answer(line)
			if !more {
				return nil
			}
		}
		return nil
	})
}
