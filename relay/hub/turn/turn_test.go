package turn_test

import (
	"testing"

	"rawtcpcom/relay/hub/turn"
)

func TestTurnsEndInAWrite(t *testing.T) {
	writes := 0
	l := turn.New(nil)
	l = turn.New(func() {
		defer l.Take().End() // the lock is free
		writes++
	})
	for _, test := range []struct {
		name string
		take func() turn.Turn
		want int
		does func()
	}{
		{"a turn that queues nothing", l.Take, 0, func() {}},
		{"one that queues", l.Take, 1, l.Queued},
		{"a reader's that queues", l.TakeForReader, 0, l.Queued},
		{"what a reader has queued is the reader's to write", l.Take, 0, func() {}},
	} {
		writes = 0
		turn := test.take()
		test.does()
		turn.End()
		if writes != test.want {
			t.Errorf("%s: %d writes, not %d", test.name, writes, test.want)
		}
	}
	func() {
		defer func() { _ = recover() }()
		defer l.Take().End()
		l.Queued()
		panic("in a turn")
	}()
	if writes != 1 {
		t.Error("a turn that ended in a panic was not written")
	}
	l.Take().End()
}
