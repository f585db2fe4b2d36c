//go:build image

package emulator_test

import (
	"slices"
	"testing"
	"time"

	"rawtcpcom/gokrazy/adminclient"
	"rawtcpcom/gokrazy/pack"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
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

func (b *box) service(t *testing.T, path string) adminclient.Service {
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
	return adminclient.Service{}
}

// uptimeOf is the box's time since its kernel started, now.
func uptimeOf(t *testing.T, b *box) time.Duration {
	t.Helper()
	return time.Duration(b.time(t).Chain.Links[0].ForSeconds * float64(time.Second))
}

// maxClients is the relay's default.
const maxClients = 4

// pool is the ids that the relay lends, sorted: those of as many clients as
// there can be.
func (b *box) pool(t *testing.T) []string {
	t.Helper()
	var clients []*relaytest.Client
	var ids []string
	for range maxClients {
		c := b.connect(t)
		clients = append(clients, c)
		ids = append(ids, handshaken(c))
	}
	for _, c := range clients {
		c.Close()
	}
	b.waitState(t, deadline, "the clients are gone", func(s state.State) bool { return len(s.Clients) == 0 })
	slices.Sort(ids)
	return ids
}

// samePool checks that the ids are the ones from before, and that the driver
// knows no others.
func (b *box) samePool(t *testing.T, before []string, r *robot) {
	t.Helper()
	if after := b.pool(t); !slices.Equal(after, before) {
		t.Errorf("the ids were %v and now are %v", before, after)
	}
	if known := r.Ids(); len(known) != maxClients {
		t.Errorf("the driver knows %d ids, %v, and the relay lends %v", len(known), known, before)
	}
}
