package testlog_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/testlog"
)

func write(l *testlog.Log, text string) { _, _ = io.WriteString(l, text) } // it never fails

var errEnded = errors.New("it ended")

func TestLines(t *testing.T) {
	var l testlog.Log
	for _, part := range []string{"o", "ne\ntwo\r\n\nfo", "ur", "\r"} {
		write(&l, part)
	}
	if got, want := l.Lines(), []string{"one", "two", ""}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	l.End(errEnded)
	if got, want := l.Lines(), []string{"one", "two", "", "four"}; !slices.Equal(got, want) {
		t.Errorf("at the end %q, want %q", got, want)
	}
	if got := l.String(); got != "one\ntwo\r\n\nfour\r" {
		t.Errorf("all of it is %q", got)
	}
	l.End(errEnded)
	if got := l.Lines(); len(got) != 4 {
		t.Errorf("ended twice %q", got)
	}
}

func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l testlog.Log
		write(&l, "a 1\nb\n")
		go func() {
			for _, part := range []string{"a", " 2", "\na 3\n"} {
				time.Sleep(time.Second)
				write(&l, part)
			}
			time.Sleep(time.Second)
			write(&l, "a 4")
			l.End(errEnded)
		}()
		next := 0
		for _, want := range []string{"a 1", "a 2", "a 3", "a 4"} {
			var line string
			var err error
			if line, next, err = l.Await(t.Context(), next, testlog.Containing("a")); line != want || err != nil {
				t.Fatalf("%q, %v; want %q", line, err, want)
			}
		}
		if next != 5 {
			t.Errorf("the next line is %d", next)
		}
		if line, _, err := l.Await(t.Context(), 1, testlog.Containing("b")); line != "b" || err != nil {
			t.Errorf("after the end: %q, %v", line, err)
		}
	})
}

// Where a line does not come it is told why, and what came instead.
func TestAwaitFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errLate := errors.New("it is late")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errLate)
		defer cancel()
		var l testlog.Log
		write(&l, "something else\n")
		_, next, err := l.Await(ctx, 0, testlog.Containing("a 1"))
		if !errors.Is(err, errLate) || !strings.Contains(err.Error(), "\tsomething else") || next != 1 {
			t.Errorf("%v, the next line is %d", err, next)
		}
		go func() {
			time.Sleep(time.Second)
			l.End(errEnded)
		}()
		_, _, err = l.Await(t.Context(), 0, testlog.Containing("a 1"))
		if !errors.Is(err, errEnded) || !strings.Contains(err.Error(), "\tsomething else") {
			t.Error(err)
		}
	})
}
