package password

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/bcrypt"

	"rawtcpcom/gokrazy/settings"
)

// box is a gate, and a browser that keeps its cookies.
type box struct {
	t      *testing.T
	gate   *Gate
	store  settings.Store
	uptime time.Duration
}

func newBox(t *testing.T) *box {
	b := &box{t: t, store: settings.Store{Dir: t.TempDir()}, uptime: time.Hour}
	b.gate = New(b.store, func() time.Duration { return b.uptime }, slog.New(slog.DiscardHandler))
	return b
}

// set makes a password the box's, at the least cost there is.
func (b *box) set(password string) {
	b.t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.store.Change(func(now settings.Values) (settings.Values, error) {
		now[hashKey] = string(hash)
		return now, nil
	}); err != nil {
		b.t.Fatal(err)
	}
}

func request(from string, cookies []*http.Cookie, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/api/x", strings.NewReader(body))
	r.RemoteAddr = from
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

// logIn gives a password, from an address.
func (b *box) logIn(from, password string) *http.Response {
	w := httptest.NewRecorder()
	b.gate.Login(w, request(from, nil, `{"password":`+strconv.Quote(password)+`}`))
	return w.Result()
}

// does reports how what a gate guards answers.
func (b *box) does(guard func(http.HandlerFunc) http.HandlerFunc, cookies []*http.Cookie) int {
	w := httptest.NewRecorder()
	guard(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })(w, request("192.0.2.1:1", cookies, ""))
	return w.Code
}

const lab = "192.0.2.1:5000"

// The whole table of who may do what.
func TestWhoMayDoWhat(t *testing.T) {
	for _, c := range []struct {
		name               string
		password, login    bool
		uptime             time.Duration
		change, reset, use int
	}{
		{"new, just switched on", false, false, 9 * time.Minute, 204, 204, 204},
		{"new, on for long", false, false, 11 * time.Minute, 403, 403, 204},
		{"password, just switched on", true, false, time.Minute, 401, 204, 401},
		{"password, on for long", true, false, time.Hour, 401, 401, 401},
		{"logged in", true, true, time.Hour, 204, 204, 204},
	} {
		b := newBox(t)
		b.uptime = c.uptime
		var cookies []*http.Cookie
		if c.password {
			b.set("open sesame")
		}
		if c.login {
			cookies = b.logIn(lab, "open sesame").Cookies()
		}
		if change, reset, use := b.does(b.gate.Change, cookies), b.does(b.gate.Reset, cookies), b.does(b.gate.Use, cookies); change != c.change || reset != c.reset || use != c.use {
			t.Errorf("%s: change %d, reset %d, use %d; want %d, %d, %d", c.name, change, reset, use, c.change, c.reset, c.use)
		}
	}
}

func TestLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t)
		b.set("open sesame")
		answer := b.logIn(lab, "open sesame")
		cookies := answer.Cookies()
		if answer.StatusCode != 204 || len(cookies) != 1 {
			t.Fatalf("login: %s", answer.Status)
		}
		if c := cookies[0]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || len(c.Value) != 32 {
			t.Errorf("the cookie is %v", c)
		}
		other := b.logIn(lab, "open sesame").Cookies()
		if b.does(b.gate.Change, cookies) != 204 || b.does(b.gate.Change, other) != 204 {
			t.Error("a login may change nothing")
		}
		b.gate.Logout(httptest.NewRecorder(), request(lab, other, ""))
		if b.does(b.gate.Change, other) != 401 || b.does(b.gate.Change, cookies) != 204 {
			t.Error("logging out ends another login, or not its own")
		}
		if forged := []*http.Cookie{{Name: cookieName, Value: strings.Repeat("0", 32)}}; b.does(b.gate.Change, forged) != 401 {
			t.Error("a cookie that was made up is a login")
		}
		time.Sleep(loginTime + time.Second)
		if b.does(b.gate.Change, cookies) != 401 {
			t.Error("a login never ends")
		}
		cookies = b.logIn(lab, "open sesame").Cookies()
		b.set("another one")
		if b.does(b.gate.Change, cookies) != 401 {
			t.Error("a login outlives its password")
		}
	})
}

func TestLoginsAreBounded(t *testing.T) {
	b := newBox(t)
	b.set("open sesame")
	var first, last []*http.Cookie
	for n := range maxLogins + 5 {
		last = b.logIn(lab, "open sesame").Cookies()
		if n == 0 {
			first = last
		}
	}
	if n := len(b.gate.logins.open); n != maxLogins {
		t.Errorf("%d logins are in memory", n)
	}
	if b.does(b.gate.Change, first) != 401 || b.does(b.gate.Change, last) != 204 {
		t.Error("the oldest login is not the one that made room")
	}
}

// Wrong attempts from one address are slowed, up to half a minute; then the right
// one is taken.
func TestWrongPasswordIsSlowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t)
		b.set("open sesame")
		began := time.Now()
		var waits []string
		for range 8 {
			if answer := b.logIn(lab, "wrong"); answer.StatusCode != 403 {
				t.Fatalf("a wrong password: %s", answer.Status)
			}
			answer := b.logIn(lab, "open sesame")
			waits = append(waits, answer.Header.Get("Retry-After"))
			if answer.StatusCode != 429 {
				t.Fatalf("at once after a wrong password: %s", answer.Status)
			}
			seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
			time.Sleep(time.Duration(seconds) * time.Second)
		}
		if got := strings.Join(waits, " "); got != "1 2 4 8 16 30 30 30" {
			t.Errorf("waits of %s s", got)
		}
		if took := time.Since(began); took > 3*time.Minute {
			t.Errorf("took %v", took)
		}
		if answer := b.logIn(lab, "open sesame"); answer.StatusCode != 204 {
			t.Errorf("the owner after all that: %s", answer.Status)
		}
		if answer := b.logIn("192.0.2.2:1", "open sesame"); answer.StatusCode != 204 {
			t.Errorf("another address meanwhile: %s", answer.Status)
		}
	})
}

// A flood from many addresses: one check at a time, not many a second, bounded in
// memory; and the owner gets in within seconds.
func TestFloodOfAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts()
		var mu sync.Mutex
		checks, atOnce, most := 0, 0, 0
		check := func(right bool) func() bool {
			return func() bool {
				mu.Lock()
				checks++
				atOnce++
				most = max(most, atOnce)
				mu.Unlock()
				time.Sleep(100 * time.Millisecond)
				mu.Lock()
				atOnce--
				mu.Unlock()
				return right
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for n := range 2000 {
			from := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 32)
			all.Go(func() {
				for ctx.Err() == nil {
					var slowed slowedError
					if _, err := a.try(ctx, from, check(false)); errors.As(err, &slowed) {
						time.Sleep(time.Duration(slowed))
					}
				}
			})
		}
		time.Sleep(time.Minute)
		mu.Lock()
		if most != 1 || checks > 110 {
			t.Errorf("%d checks in a minute, %d at once", checks, most)
		}
		mu.Unlock()
		stop()
		all.Wait()

		began := time.Now()
		if right, err := a.try(t.Context(), netip.MustParsePrefix("192.0.2.1/32"), check(true)); !right || err != nil {
			t.Errorf("the owner: %v, %v", right, err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("the owner waited for %v", took)
		}
	})
}

func TestRecordsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts()
		for n := range maxRecords + 50 {
			from := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 32)
			if _, err := a.try(t.Context(), from, func() bool { return false }); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(a.by); n != maxRecords {
			t.Errorf("%d addresses are remembered", n)
		}
		if _, there := a.by[netip.MustParsePrefix("10.0.0.0/32")]; there {
			t.Error("another than the oldest made room")
		}
	})
}

func TestWho(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1/32", "[::ffff:192.0.2.1]:80": "192.0.2.1/32",
		"[2001:db8::1]:80": "2001:db8::/64", "[fe80::1%eth0]:80": "fe80::/64", "@": "invalid Prefix",
	} {
		if got := who(&http.Request{RemoteAddr: from}).String(); got != want {
			t.Errorf("%s is %s, want %s", from, got, want)
		}
	}
}
