package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/testlog"
	"rawtcpcom/status/relayapi/fakerelay"
)

// The program is killed at any instant while the page saves settings, again and
// again. They are the old ones or the new, whole, and the next start serves the
// page, where the same password lets in. What a cut of the power leaves of one file
// is tested where files are written, in relay/durable.
func TestKilledWhileThePageSaves(t *testing.T) {
	const password = "a password for the page"
	relay := fakerelay.New()
	defer relay.Close()
	store := settings.Store{Dir: filepath.Join(t.TempDir(), "settings")}
	if err := store.Save(settings.Values{"page.password": password}); err != nil {
		t.Fatal(err)
	}
	now, _, err := store.Load()
	if err != nil {
		t.Fatal(err)
	}
	// Not the test's own binary: with the race detector in it, a login takes seconds.
	program := filepath.Join(t.TempDir(), "status")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	saved, rounds := 0, 25
	for round := range rounds {
		child := exec.Command(program, "-http", "127.0.0.1:0", "-relay", relay.URL, "-settings", store.Path())
		out := relaytest.NewLog()
		child.Stdout, child.Stderr = out, out
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		page := pageOf(t, out)
		next := now.Clone()
		next["robot.address"], next["box.name"], next["lines.terminator"] = fmt.Sprintf("ws://192.0.2.%d:8080/ws", 1+round), fmt.Sprintf("box%d", round), []string{"lf", "crlf"}[round%2]
		person := visitor(t)
		if err := person.post(t.Context(), page+"/api/login", map[string]string{"password": password}); err != nil {
			t.Fatalf("after a kill nobody gets in: %v", err)
		}
		// The moment is what is tested, so this waits for a time and for nothing else.
		moment := time.AfterFunc(rand.N(8*time.Millisecond), func() { _ = child.Process.Kill() })
		_ = person.post(t.Context(), page+"/api/settings", map[string]string{"robot.address": next["robot.address"], "box.name": next["box.name"], "lines.terminator": next["lines.terminator"]})
		_ = child.Wait()
		moment.Stop()
		got, problems, err := store.Load()
		switch {
		case err != nil || len(problems) > 0:
			t.Fatalf("after a kill the settings cannot be read: %v, %v", problems, err)
		case got.Equal(next):
			saved++
		case !got.Equal(now):
			t.Fatalf("after a kill the settings are %v; before they were %v, and were to be %v", got, now, next)
		}
		now = got
	}
	t.Logf("%d of %d were saved before the kill", saved, rounds)
}

// pageOf waits until the program says where its page is.
func pageOf(t *testing.T, out *relaytest.Log) string {
	t.Helper()
	_, rest, _ := strings.Cut(out.Wait(t, "its address", testlog.Containing("page=")), "page=")
	page, _, _ := strings.Cut(rest, " ")
	return strings.TrimSuffix(page, "/")
}

type browser struct{ http.Client }

func visitor(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
}

func (b *browser) post(ctx context.Context, url string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(string(text)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := b.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		said, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("%s: %s", answer.Status, said)
	}
	return nil
}
