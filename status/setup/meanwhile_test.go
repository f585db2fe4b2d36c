package setup_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// Who has begun to send while no password was set, and ends after, changes nothing:
// a request that is kept half sent would pass at any time otherwise.
func TestAPasswordThatIsSetWhileAnotherSends(t *testing.T) {
	const password = `{"page.password": "open sesame"}`
	owner := func(b *box) {
		if code, text := b.as(newBrowser(t), http.MethodPost, "/api/settings", password); code != http.StatusOK {
			t.Errorf("the owner: %d %s", code, text)
		}
	}
	refused := func(b *box, code int, text string) {
		t.Helper()
		if v := b.now(); code != http.StatusUnauthorized || v["box.name"] != "" || !v.IsPassword("open sesame") {
			t.Errorf("%d %s; set are %v", code, text, v)
		}
	}
	t.Run("half sent", func(t *testing.T) {
		b := newBox(t)
		body, rest := io.Pipe()
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			_, _ = io.WriteString(rest, `{"page.password": "another's", `) // the answer tells
			owner(b)
			_, _ = io.WriteString(rest, `"box.name": "another"}`)
			rest.Close()
		}()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+"/api/settings", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		resp, err := newBrowser(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		<-sent
		refused(b, resp.StatusCode, string(text))
	})
	t.Run("through the gate", func(t *testing.T) {
		b := newBox(t)
		var asked atomic.Bool
		b.asked = func() {
			if !asked.Swap(true) {
				owner(b)
			}
		}
		code, text := b.as(newBrowser(t), http.MethodPost, "/api/settings", `{"page.password": "another's", "box.name": "another"}`)
		refused(b, code, text)
	})
	t.Run("a file", func(t *testing.T) {
		b := newBox(t)
		var asked atomic.Bool
		b.asked = func() {
			if !asked.Swap(true) {
				owner(b)
			}
		}
		code, text := b.as(newBrowser(t), http.MethodPost, "/api/settings/file", strings.ReplaceAll("[box]\nname='another'\n", "'", `"`), "Content-Type", "application/toml")
		refused(b, code, text)
	})
}
