// Package password is the gate before what a page can change on the box: who may
// pass, and who is asked for the password first.
//
// There is one password, of the page. None is in a new box, and none is shared
// between boxes. While none is set, whoever opens the page within [PowerOn] of
// power-on may set one and change settings: only who can switch the box off and on
// can bring that time about at will. It is told by the machine's uptime, since its
// clock may be wrong then.
//
// What each thing asks for:
//   - settings: a login; without a password, that the box was just switched on
//   - factory reset: a login, or that the box was just switched on: it is the way
//     back in for who has lost the password
//   - closing clients and the console: a login; without a password, nothing, as
//     before there was one. A box that nobody gave a password loses nothing by an
//     update, and whoever reaches the page reaches the relay's port as well, where
//     nothing is asked for
//   - halt and identify: never anything
//
// A login is a random cookie that a browser keeps for 12 hours. It belongs to the
// password that it was begun with: a change of the password, by a page, a stick or a
// file, ends all of them.
package password

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/status/answer"
)

// PowerOn is how long after power-on whoever opens the page passes for the one
// who has switched the box on.
const PowerOn = 10 * time.Minute

// hashKey is the setting that holds the password's hash.
const hashKey = "page.password"

// Gate is before everything that changes the box. It is safe for concurrent use.
type Gate struct {
	store    settings.Store
	uptime   func() time.Duration // since power-on
	log      *slog.Logger
	logins   logins
	attempts attempts
}

// New makes a gate for a box's settings.
func New(store settings.Store, uptime func() time.Duration, log *slog.Logger) *Gate {
	return &Gate{store: store, uptime: uptime, log: log, logins: newLogins(), attempts: newAttempts()}
}

// Access is what a visitor may do now.
type Access struct {
	Password bool    `json:"password"`       // one is set
	LoggedIn bool    `json:"loggedIn"`       // the visitor has given it
	Change   bool    `json:"change"`         // settings
	Reset    bool    `json:"reset"`          // factory reset
	Use      bool    `json:"use"`            // close clients, the console
	PowerOn  float64 `json:"powerOnSeconds"` // that the box still counts as just switched on
}

// Access tells what the sender of a request may do.
func (g *Gate) Access(r *http.Request) (Access, error) {
	now, _, err := g.store.Load()
	if err != nil {
		return Access{}, err // and nobody may change anything
	}
	return g.access(r, now), nil
}

func (g *Gate) access(r *http.Request, now settings.Values) Access {
	left := max(0, (PowerOn - g.uptime()).Seconds())
	a := Access{Password: now.HasPassword(), PowerOn: left}
	a.LoggedIn = a.Password && g.logins.has(r, now[hashKey])
	a.Change = a.LoggedIn || !a.Password && left > 0
	a.Reset = a.LoggedIn || left > 0
	a.Use = a.LoggedIn || !a.Password
	return a
}

// Still tells why the sender of a request may not change these settings, which are in
// force now. It asks again, under the lock of the change: whoever began to send while
// no password was set, and ends after, has not given it.
func (g *Gate) Still(r *http.Request, now settings.Values) error {
	switch a := g.access(r, now); {
	case a.Change:
		return nil
	case a.Password:
		return ErrLogIn
	default:
		return ErrPowerOn
	}
}

// Change lets through who may change settings.
func (g *Gate) Change(next http.HandlerFunc) http.HandlerFunc {
	return g.pass(next, func(a Access) bool { return a.Change })
}

// Reset lets through who may make the box as new.
func (g *Gate) Reset(next http.HandlerFunc) http.HandlerFunc {
	return g.pass(next, func(a Access) bool { return a.Reset })
}

// Use lets through who may close clients and send messages from the console.
func (g *Gate) Use(next http.HandlerFunc) http.HandlerFunc {
	return g.pass(next, func(a Access) bool { return a.Use })
}

// What who may not pass is told.
var (
	ErrLogIn   = errors.New("this needs the box's password; log in first")
	ErrPowerOn = fmt.Errorf("no password is set, and the box has been on for longer than %.0f minutes; switch it off and on, then set a password here within %.0f minutes", PowerOn.Minutes(), PowerOn.Minutes())
)

func (g *Gate) pass(next http.HandlerFunc, may func(Access) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// All is there before it is asked who sends it: a password may be set meanwhile.
		body, err := io.ReadAll(io.LimitReader(r.Body, settings.MaxSize+1))
		if err != nil {
			answer.Refuse(w, http.StatusBadRequest, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		a, err := g.Access(r)
		switch {
		case err != nil:
			answer.Refuse(w, http.StatusInternalServerError, err)
		case may(a):
			next(w, r)
		case a.Password:
			answer.Refuse(w, http.StatusUnauthorized, ErrLogIn)
		default:
			answer.Refuse(w, http.StatusForbidden, ErrPowerOn)
		}
	}
}

// Login is POST /api/login.
func (g *Gate) Login(w http.ResponseWriter, r *http.Request) {
	var given struct{ Password string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&given); err != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		answer.Refuse(w, http.StatusBadRequest, fmt.Errorf(`log in with {"password":"..."}: %w`, err))
		return
	}
	now, _, err := g.store.Load()
	switch {
	case err != nil:
		answer.Refuse(w, http.StatusInternalServerError, err)
		return
	case !now.HasPassword():
		answer.Refuse(w, http.StatusConflict, errors.New("no password is set"))
		return
	}
	right, err := g.attempts.try(r.Context(), who(r), func() bool { return now.IsPassword(given.Password) })
	var slowed slowedError
	switch {
	case errors.As(err, &slowed):
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(time.Duration(slowed).Seconds()))))
		answer.Refuse(w, http.StatusTooManyRequests, err)
	case err != nil:
		answer.Refuse(w, http.StatusServiceUnavailable, err)
	case !right:
		g.log.Warn("a wrong password was given to the page", "by", r.RemoteAddr)
		answer.Refuse(w, http.StatusForbidden, errors.New("that is not the password"))
	default:
		g.log.Info("somebody logged in to the page", "by", r.RemoteAddr)
		g.logins.begin(w, now[hashKey])
		w.WriteHeader(http.StatusNoContent)
	}
}

// Logout is POST /api/logout.
func (g *Gate) Logout(w http.ResponseWriter, r *http.Request) {
	g.logins.end(w, r)
	w.WriteHeader(http.StatusNoContent)
}

// Begin begins a login for who has just set the password.
func (g *Gate) Begin(w http.ResponseWriter) error {
	now, _, err := g.store.Load()
	if err == nil && now.HasPassword() {
		g.logins.begin(w, now[hashKey])
	}
	return err
}
