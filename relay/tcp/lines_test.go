package tcp_test

import (
	"bytes"
	"testing"

	"rawtcpcom/relay/tcp"
)

// Clients that do not read share what there is for all of them. One that is
// past that is closed; one that has next to nothing waiting is not.
func TestLinesForAllClientsAreBounded(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	h := newHandler("")
	serve(t, &tcp.Server{Handler: h}, ln)
	var conns []*tcp.Conn
	for range 10 {
		_, lines := dial(t, ln)
		next(t, lines, "hello")
		conns = append(conns, <-h.conns)
	}
	modest, greedy := conns[0], conns[1:]
	line := bytes.Repeat([]byte("x"), 64<<10)
	queued, closed := 0, 0
	for _, c := range greedy { // nothing of it is flushed
		own := 0
		for own < 24*len(line) && c.Send(line) {
			own += len(line)
		}
		if own < 24*len(line) {
			closed, own = closed+1, 0 // with all that waited for it
		}
		queued += own
	}
	if most := 9 << 20; queued > most || closed == 0 {
		t.Errorf("%d KiB wait for clients that do not read, more than %d; %d were closed", queued>>10, most>>10, closed)
	}
	for range 4 {
		if !modest.Send(line[:1000]) {
			t.Fatal("a client was closed for what waits for others")
		}
	}
	for _, c := range greedy {
		c.Close(tcp.ClosedByPerson, nil)
	}
	for _, c := range greedy {
		<-c.Done()
	}
	for range 24 { // what they had is there again
		if !modest.Send(line) {
			t.Fatal("what waited for clients that are closed still counts")
		}
	}
}
