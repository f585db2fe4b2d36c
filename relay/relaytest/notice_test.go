package relaytest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// DELETE puts a notice away, file and all, so that it is gone for everybody and after a
// restart too; not for a page of another origin. The box can tell the same again.
func TestNoticeIsPutAway(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notice.json")
	write := func() {
		if err := os.WriteFile(path, []byte(`{"time":"2026-11-22T20:00:00Z","text":"The box went back."}`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	there := func(s state.State) bool { return len(s.Notices) == 1 && s.Notices[0].ID != "" }
	write()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-notice", path)
	id := relay.WaitState("the notice", there).Notices[0].ID
	if status, _ := relay.Do("DELETE", "/notices/"+id, "Origin", "http://evil.example"); status != http.StatusForbidden {
		t.Errorf("from another origin: %d", status)
	}
	if status, _ := relay.Do("DELETE", "/notices/another"); status != http.StatusNotFound {
		t.Errorf("for a notice there is not: %d", status)
	}
	if status, body := relay.Do("DELETE", "/notices/"+id); status != http.StatusNoContent {
		t.Errorf("%d %s", status, body)
	}
	relay.WaitState("no notice", func(s state.State) bool { return len(s.Notices) == 0 })
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("it is back after a restart: %v", err)
	}
	write()
	relay.WaitState("the notice again", there)
}
