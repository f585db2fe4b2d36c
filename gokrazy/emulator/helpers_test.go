//go:build image

package emulator_test

import (
	"testing"
	"time"

	"rawtcpcom/gokrazy/admin"
	"rawtcpcom/gokrazy/pack"
)

// buildStamp is what the image must be stamped with.
func buildStamp(t *testing.T) pack.Stamp {
	t.Helper()
	s, err := pack.SourceStamp(t.Context(), topDir(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b *box) service(t *testing.T, path string) admin.Service {
	t.Helper()
	status, err := b.admin.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range status.Services {
		if s.Path == path {
			return s
		}
	}
	t.Fatalf("the box has no program %s", path)
	return admin.Service{}
}

// uptimeOf is the box's time since its kernel started, now.
func uptimeOf(t *testing.T, b *box) time.Duration {
	t.Helper()
	var about struct{ Now time.Time }
	eventually(t, deadline, "the page tells the time", func() error { return b.getJSON("/api/status", &about) })
	return uptime(t, about.Now)
}
