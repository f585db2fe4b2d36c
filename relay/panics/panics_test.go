package panics_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"rawtcpcom/relay/panics"
)

func TestConfineReturnsAPanicAsAnError(t *testing.T) {
	var log bytes.Buffer
	err := panics.Confine(slog.New(slog.NewTextHandler(&log, nil)), "testing", func() error { panic("oh") })
	if err == nil || err.Error() != "internal error while testing: oh" {
		t.Errorf("error: %v", err)
	}
	if !strings.Contains(log.String(), "panics_test.go") {
		t.Errorf("the log does not hold the stack: %s", &log)
	}
	mine := errors.New("mine")
	if err := panics.Confine(slog.New(slog.DiscardHandler), "testing", func() error { return mine }); err != mine {
		t.Errorf("error: %v", err)
	}
}
