package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/testlog"
)

const (
	pagePassword = "a password for the page"
	atLease      = "http://10.31.0.50"
	atStatic     = "http://10.31.0.7"
)

// A static address is set on the page, wrong: nobody opens the page there, so it
// is undone, and the page says so. Set right, the page leads there, and is
// confirmed by being opened. This is the program status beside the program lan, and
// a person at a PC who does what the page's scripts do.
func TestAddressFromThePage(t *testing.T) {
	l := newLab(t)
	pc := l.machine("pc", "10.31.0.1/24")
	pc.serve("10.31.0.50", "10.31.0.50", "option:router,10.31.0.1")
	b := l.boot("", "-trial", "6s")
	if err := settings.File(b.file("settings.toml")).Save(settings.Values{"page.password": pagePassword}); err != nil {
		t.Fatal(err)
	}
	b.page()
	b.await("a lease", 5*time.Second, how(report.DHCP))
	person := pc.person()

	person.may(atLease, "change", false)
	person.post(atLease+"/api/login", map[string]any{"password": pagePassword}, nil)
	var told struct {
		Open    string
		Confirm bool
	}
	network := map[string]any{"network.mode": "static", "network.address": "192.0.2.7/24", "network.gateway": "192.0.2.1"}
	person.post(atLease+"/api/settings", network, &told)
	if told.Open != "http://192.0.2.7/" || !told.Confirm {
		t.Errorf("the page was told %+v", told)
	}
	b.await("the wrong address is on trial", 5*time.Second, onTrial)
	b.await("it is undone", 12*time.Second, func(r report.Report) bool { return r.How == report.DHCP && r.Trial == nil })
	person.notice(atLease, "nobody reached the box at 192.0.2.7 within 6s")
	if mode := b.mode(); mode != "dhcp" {
		t.Errorf("the settings say %s", mode)
	}

	network["network.address"], network["network.gateway"] = "10.31.0.7/24", "10.31.0.1"
	person.post(atLease+"/api/settings", network, &told)
	if told.Open != atStatic+"/" || !told.Confirm {
		t.Errorf("the page was told %+v", told)
	}
	until := b.await("the right address is on trial", 5*time.Second, onTrial).Trial.Until
	person.may(atStatic, "trial", "10.31.0.7")
	person.post(atStatic+"/api/address/confirm", map[string]any{}, nil)
	b.await("it is confirmed", 5*time.Second, func(r report.Report) bool { return r.How == report.Static && r.Trial == nil })
	wait(t, "the trial would be over", 12*time.Second, func() bool { return uptime(t) > until+1 })
	b.expectAddress("10.31.0.7/24")
	person.notice(atStatic, "")
	person.may(atStatic, "trial", "")
	if mode := b.mode(); mode != "static" {
		t.Errorf("the settings say %s", mode)
	}
}

// page starts the program status with the files that the program lan has here,
// where they are on a box. /run is its own: ip gives each program its own mounts.
func (b *box) page() {
	t := b.lab.t
	t.Helper()
	run := t.TempDir()
	if err := os.Symlink(b.dir, filepath.Join(run, "rawtcpcom")); err != nil {
		t.Fatal(err)
	}
	log := new(testlog.Log)
	b.start(log, "sh", "-c", `mount --bind "$0" /run && exec "$@"`, run, built(t, "status"), "-settings", b.file("settings.toml"), "-http", ":80")
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the log of status:\n%s", log)
		}
	})
}

// built is another program of the box.
func built(t testing.TB, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), filepath.Base(name))
	if out, err := exec.Command("go", "build", "-o", file, "rawtcpcom/"+name).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// person is one with a browser.
type person struct {
	t      testing.TB
	client *http.Client
}

func (m *machine) person() *person {
	jar, _ := cookiejar.New(nil) // has no error
	dial := func(ctx context.Context, network, addr string) (conn net.Conn, err error) {
		m.in(func() { conn, err = new(net.Dialer).DialContext(ctx, network, addr) })
		return conn, err
	}
	return &person{m.lab.t, &http.Client{Timeout: 5 * time.Second, Jar: jar, Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

func (p *person) do(method, url string, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, url, strings.NewReader(string(text)))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := p.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s: %s", answer.Status, got)
	}
	return got, err
}

func (p *person) post(url string, body, answer any) {
	p.t.Helper()
	got, err := p.do(http.MethodPost, url, body)
	if err == nil && answer != nil {
		err = json.Unmarshal(got, answer)
	}
	if err != nil {
		p.t.Fatalf("POST %s: %v", url, err)
	}
}

// may waits until the page says this about its visitor.
func (p *person) may(page, what string, want any) {
	p.t.Helper()
	wait(p.t, fmt.Sprintf("%s says that %s is %v", page, what, want), 10*time.Second, func() bool {
		var access map[string]any
		got, err := p.do(http.MethodGet, page+"/api/access", nil)
		return err == nil && json.Unmarshal(got, &access) == nil && access[what] == want
	})
}

// notice waits until the page shows a notice with this part about the address, or none.
func (p *person) notice(page, part string) {
	p.t.Helper()
	wait(p.t, fmt.Sprintf("%s shows %q", page, part), 10*time.Second, func() bool {
		var status struct{ Notices []struct{ Text string } }
		got, err := p.do(http.MethodGet, page+"/api/status", nil)
		if err != nil || json.Unmarshal(got, &status) != nil {
			return false
		}
		all := fmt.Sprint(status.Notices)
		return strings.Contains(all, "were undone") == (part != "") && strings.Contains(all, part)
	})
}
