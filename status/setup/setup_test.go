package setup_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/network"
	"rawtcpcom/relay/webguard"
	"rawtcpcom/status/setup"
)

// box is one behind the page's guard, and a browser.
type box struct {
	t       *testing.T
	url     string
	store   settings.Store
	report  string
	confirm string
	uptime  time.Duration
	asked   func() // is called when a request is at the gate
	browser *http.Client
}

func newBox(t *testing.T) *box {
	t.Helper()
	dir := t.TempDir()
	b := &box{t: t, store: settings.Store{Dir: filepath.Join(dir, "settings")}, report: filepath.Join(dir, "address.json"), confirm: filepath.Join(dir, "confirmed"), uptime: time.Minute, asked: func() {}}
	s := setup.New(setup.Config{
		Store: b.store, Uptime: func() time.Duration { b.asked(); return b.uptime }, Report: b.report, Confirm: b.confirm,
		Networks: func() ([]netip.Prefix, []netip.Addr) {
			return []netip.Prefix{netip.MustParsePrefix("127.9.9.8/30")}, nil
		},
		Log: slog.New(slog.DiscardHandler),
	})
	mux := http.NewServeMux()
	s.Register(mux)
	allow, err := network.Parse(network.Default + ",127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(webguard.Guard{Allow: allow, Program: "status"}.Handler(mux))
	t.Cleanup(server.Close)
	b.url = server.URL
	b.browser = newBrowser(t)
	return b
}

func newBrowser(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
}

// do makes a request as a browser on the page does. JSON is what is sent unless
// headers, in pairs, say otherwise.
func (b *box) do(method, path, body string, headers ...string) (int, string) {
	b.t.Helper()
	return b.as(b.browser, method, path, body, headers...)
}

func (b *box) as(browser *http.Client, method, path, body string, headers ...string) (int, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", b.url)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := browser.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (b *box) expect(code int, part, method, path, body string, headers ...string) {
	b.t.Helper()
	if got, text := b.do(method, path, body, headers...); got != code || !strings.Contains(text, part) {
		b.t.Errorf("%s %s %.60s: %d %.300s; want %d %s", method, path, body, got, text, code, part)
	}
}

func (b *box) now() settings.Values {
	b.t.Helper()
	v, problems, err := b.store.Load()
	if err != nil || len(problems) > 0 {
		b.t.Fatal(problems, err)
	}
	return v
}

var posts = []string{"/api/login", "/api/logout", "/api/settings", "/api/settings/file", "/api/search", "/api/reset", "/api/address/confirm"}

// What a page of somebody else can send to the box changes nothing: a form, a
// script of another site or port, a request of an unusual content type.
func TestForeignPagesChangeNothing(t *testing.T) {
	b := newBox(t)
	for _, path := range posts {
		for _, headers := range [][]string{
			{"Origin", "http://evil.example"},
			{"Origin", "http://evil.example", "Content-Type", "text/plain"},
			{"Origin", "http://evil.example", "Content-Type", "application/x-www-form-urlencoded"},
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:9"},
		} {
			b.expect(403, "", "POST", path, `{"robot.address":"ws://192.0.2.1:8080/ws"}`, headers...)
		}
	}
	if len(b.now()) > 0 {
		t.Errorf("the settings are %v", b.now())
	}
}

func TestContentType(t *testing.T) {
	b := newBox(t)
	for _, path := range posts {
		for _, kind := range []string{"", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"} {
			b.expect(415, "Content-Type", "POST", path, `{}`, "Content-Type", kind)
		}
	}
}

func TestWithoutTheRight(t *testing.T) {
	b := newBox(t)
	b.uptime = time.Hour
	for _, path := range []string{"/api/settings", "/api/search", "/api/reset"} {
		b.expect(403, "switch it off and on", "POST", path, `{}`)
	}
	b.expect(403, "switch it off and on", "POST", "/api/settings/file", ``, "Content-Type", "application/toml")
	b.uptime = time.Minute
	b.expect(200, "page.password", "POST", "/api/settings", `{"page.password":"open sesame"}`)
	b.uptime = time.Hour
	b.browser = newBrowser(t) // without the cookie
	for _, path := range []string{"/api/settings", "/api/search", "/api/reset"} {
		b.expect(401, "log in", "POST", path, `{}`)
	}
	b.expect(401, "log in", "POST", "/api/settings/file", ``, "Content-Type", "application/toml")
	b.expect(200, `"change":false`, "GET", "/api/access", "")
	b.expect(403, "not the password", "POST", "/api/login", `{"password":"wrong"}`)
	b.expect(429, "try again", "POST", "/api/login", `{"password":"open sesame"}`)
	if !strings.HasPrefix(b.now()["page.password"], "$2") {
		t.Error("the password is not hashed")
	}
}

// The time after power-on may end while a change is under way: it is refused as any
// that comes later.
func TestPowerOnIsOverInTheMiddle(t *testing.T) {
	b := newBox(t)
	b.asked = func() { b.asked = func() { b.uptime = time.Hour } } // the second time
	b.expect(403, "switch it off and on", "POST", "/api/settings", `{"box.name":"bench-2"}`)
	if now := b.now(); len(now) > 0 {
		t.Errorf("in force are %v", now)
	}
}

// A newcomer sets a password and is logged in; changing it logs out the others.
func TestPassword(t *testing.T) {
	b := newBox(t)
	b.expect(422, "between 8 and 72", "POST", "/api/settings", `{"page.password":"short"}`)
	b.expect(200, "page.password", "POST", "/api/settings", `{"page.password":"open sesame"}`)
	b.uptime = time.Hour
	b.expect(200, `"loggedIn":true`, "GET", "/api/access", "")
	other := newBrowser(t)
	if code, text := b.as(other, "POST", "/api/login", `{"password":"open sesame"}`); code != 204 {
		t.Fatal(code, text)
	}
	b.expect(200, "page.password", "POST", "/api/settings", `{"page.password":"another one"}`)
	b.expect(200, `"loggedIn":true`, "GET", "/api/access", "")
	if _, text := b.as(other, "GET", "/api/access", ""); !strings.Contains(text, `"loggedIn":false`) {
		t.Errorf("the other browser after the change: %s", text)
	}
	b.expect(204, "", "POST", "/api/logout", `{}`)
	b.expect(200, `"loggedIn":false`, "GET", "/api/access", "")
}

func TestForm(t *testing.T) {
	b := newBox(t)
	b.expect(200, "", "POST", "/api/settings", `{"robot.address":"ws://192.0.2.1:8080/ws","robot.auth-id":"box","robot.auth-secret":"hush hush","page.password":"open sesame"}`)
	_, text := b.do("GET", "/api/settings", "")
	var form setup.Form
	if err := json.Unmarshal([]byte(text), &form); err != nil {
		t.Fatal(err)
	}
	fields := map[string]setup.Field{}
	for _, s := range form.Sections {
		if s.Title == "" {
			t.Errorf("the section %s has no title", s.Name)
		}
		for _, f := range s.Fields {
			fields[f.Key] = f
		}
	}
	if len(fields) != len(settings.All()) {
		t.Errorf("%d fields", len(fields))
	}
	if f := fields["robot.address"]; !f.Set || f.Value != "ws://192.0.2.1:8080/ws" || f.Restarts == "" {
		t.Errorf("the robot's address: %+v", f)
	}
	for _, key := range []string{"robot.auth-secret", "page.password"} {
		if f := fields[key]; !f.Set || f.Value != "" || !f.Secret {
			t.Errorf("%s: %+v", key, f)
		}
	}
	_, file := b.do("GET", "/settings.toml", "")
	for _, secret := range []string{"hush", "$2a$", "sesame"} {
		if strings.Contains(text, secret) || strings.Contains(file, secret) {
			t.Errorf("the secret %s is told", secret)
		}
	}
	if !strings.Contains(file, `address = "ws://192.0.2.1:8080/ws"`) {
		t.Errorf("the file is %s", file)
	}
}

// A change is all or nothing, and problems are told by key.
func TestAllOrNothing(t *testing.T) {
	b := newBox(t)
	b.expect(200, `"key":"robot.address"`, "POST", "/api/settings", `{"robot.address":"ws://192.0.2.1:8080/ws"}`)
	before := b.now()
	for body, key := range map[string]string{
		`{"box.name":"lab2","access.max-clients":"many"}`:              `"key":"access.max-clients"`,
		`{"box.name":"lab2","robot.adress":"ws://192.0.2.1:8080/ws"}`:  `"key":"robot.adress"`,
		`{"box.name":"lab2","network.mode":"static"}`:                  `"key":"network.address"`,
		`{"box.name":"lab2","access.allow":"10.0.0.0/8"}`:              `your own address, 127.0.0.1, is in none`,
		`{"box.name":"lab2","robot.address":"http://192.0.2.1:8080/"}`: `"key":"robot.address"`,
	} {
		b.expect(422, key, "POST", "/api/settings", body)
	}
	for _, body := range []string{"", "[]", `{"box.name":7}`, `{`} {
		b.expect(400, "", "POST", "/api/settings", body)
	}
	b.expect(413, "longer", "POST", "/api/settings", strings.Repeat("x", settings.MaxSize+1))
	if now := b.now(); !now.Equal(before) {
		t.Errorf("the settings are %v", now)
	}
	b.expect(200, `"restarts":"the relay`, "POST", "/api/settings", `{"robot.address":null}`)
	if len(b.now()) > 0 {
		t.Error("null does not take a setting back")
	}
}

func TestFile(t *testing.T) {
	b := newBox(t)
	b.expect(200, "", "POST", "/api/settings", `{"box.name":"lab2","page.password":"open sesame"}`)
	toml := []string{"Content-Type", "application/toml; charset=utf-8"}
	file := "\ufeff[robot]\r\naddress = “ws://192.0.2.1:8080/ws”\r\n"
	b.expect(200, `"title":"Address of the robot's router"`, "POST", "/api/settings/file?try", file, toml...)
	if b.now()["box.name"] != "lab2" {
		t.Error("trying a file changes the settings")
	}
	b.expect(422, `"line":2`, "POST", "/api/settings/file", "[robot]\nadress = \"ws://192.0.2.1:8080/ws\"\n", toml...)
	b.expect(200, `"key":"robot.address"`, "POST", "/api/settings/file", file, toml...)
	if now := b.now(); now["robot.address"] != "ws://192.0.2.1:8080/ws" || now["box.name"] != "lab2" || !now.HasPassword() {
		t.Errorf("the settings are %v", now)
	}
}

func TestReset(t *testing.T) {
	b := newBox(t)
	b.expect(200, "", "POST", "/api/settings", `{"box.name":"lab2","page.password":"open sesame"}`)
	b.browser = newBrowser(t) // somebody who does not know it, and has just switched the box on
	b.expect(204, "", "POST", "/api/reset", `{}`)
	if len(b.now()) > 0 {
		t.Errorf("the settings are %v", b.now())
	}
	for _, name := range []string{"settings.toml", "settings.toml.previous"} {
		if text, _ := os.ReadFile(filepath.Join(b.store.Dir, name)); strings.Contains(string(text), "$2") {
			t.Errorf("%s still holds the password", name)
		}
	}
}

func TestSearch(t *testing.T) {
	b := newBox(t)
	b.expect(200, `{"networks":["127.9.9.8/30"],"found":[]}`, "POST", "/api/search", `{}`)
}

func TestConfirmAddress(t *testing.T) {
	b := newBox(t)
	b.uptime = time.Hour // asks for nothing
	b.expect(409, "no address is on trial", "POST", "/api/address/confirm", `{}`)
	tell := func(address string) {
		if err := (report.Report{Trial: &report.Trial{Address: address}}).Write(b.report); err != nil {
			t.Fatal(err)
		}
	}
	tell("192.0.2.7")
	b.expect(200, `"trial":"192.0.2.7"`, "GET", "/api/access", "")
	b.expect(409, "open the page at 192.0.2.7", "POST", "/api/address/confirm", `{}`)
	if _, err := os.Stat(b.confirm); err == nil {
		t.Error("another address confirms it")
	}
	tell("127.0.0.1")
	b.expect(204, "", "POST", "/api/address/confirm", `{}`)
	if text, _ := os.ReadFile(b.confirm); string(text) != "127.0.0.1" {
		t.Errorf("the file says %q", text)
	}
}

// Where the page leads after the address or the name has changed.
func TestLeads(t *testing.T) {
	b := newBox(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(b.url, "http://"), ":")
	b.expect(200, `"open":"http://lab2.local:`+port+`/","confirm":false`, "POST", "/api/settings", `{"box.name":"lab2"}`)
	b.expect(200, `"open":"http://192.0.2.7:`+port+`/","confirm":true`, "POST", "/api/settings", `{"network.mode":"static","network.address":"192.0.2.7/24"}`)
	b.expect(200, `"open":"","confirm":false`, "POST", "/api/settings", `{"network.ntp":"192.0.2.1"}`)
	b.expect(200, `"open":"http://lab2.local:`+port+`/","confirm":false`, "POST", "/api/settings", `{"network.mode":null}`)
}
