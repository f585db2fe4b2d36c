// Package setup is how a page sets up the box: settings by form and by file, the
// search for a robot, a new address, and factory reset. Package password says who
// may do which.
//
// Each change is all or nothing, and says which settings are wrong by their keys.
// Only requests that tell their content type are taken: a form of a foreign page
// cannot send JSON or TOML, in addition to the guard that the page stands behind.
package setup

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/status/answer"
	"rawtcpcom/status/password"
)

// Config is what it works with.
type Config struct {
	Store  settings.Store
	Uptime func() time.Duration // of the machine
	// Networks are those to look for a robot in, and the machine's own addresses.
	Networks func() ([]netip.Prefix, []netip.Addr)
	Report   string // package report's file of the address
	Confirm  string // the file that confirms an address on trial
	Log      *slog.Logger
}

// Setup answers the requests.
type Setup struct {
	cfg       Config
	gate      *password.Gate
	searching sync.Mutex // held during a search
}

// New makes a Setup. It keeps the logins.
func New(cfg Config) *Setup {
	return &Setup{cfg: cfg, gate: password.New(cfg.Store, cfg.Uptime, cfg.Log)}
}

// Register adds the requests to a page's. The page guards them as its own.
func (s *Setup) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/access", s.access)
	mux.HandleFunc("GET /api/settings", s.form)
	mux.HandleFunc("GET /settings.toml", s.export)
	mux.HandleFunc("POST /api/login", takes("application/json", s.gate.Login))
	mux.HandleFunc("POST /api/logout", takes("application/json", s.gate.Logout))
	mux.HandleFunc("POST /api/settings", takes("application/json", s.gate.Change(s.change)))
	mux.HandleFunc("POST /api/settings/file", takes("application/toml", s.gate.Change(s.file)))
	mux.HandleFunc("POST /api/search", takes("application/json", s.gate.Change(s.search)))
	mux.HandleFunc("POST /api/reset", takes("application/json", s.gate.Reset(s.reset)))
	mux.HandleFunc("POST /api/address/confirm", takes("application/json", s.confirm))
}

// Use guards what needs the password where there is one: closing clients and the
// console. A page without settings, on a PC, has none.
func (s *Setup) Use(next http.HandlerFunc) http.HandlerFunc {
	if s == nil {
		return next
	}
	return s.gate.Use(next)
}

// access is what this visitor may do, and what is under way with the address.
func (s *Setup) access(w http.ResponseWriter, r *http.Request) {
	a, err := s.gate.Access(r)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	told := struct {
		password.Access
		Trial string `json:"trial"` // the address that is to be confirmed; empty for none
	}{Access: a}
	if lan, err := report.Read(s.cfg.Report); err == nil && lan.Trial != nil {
		told.Trial = lan.Trial.Address
	}
	answer.JSON(w, told)
}

// takes lets requests of one content type through.
func takes(kind string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != kind {
			refuse(w, http.StatusUnsupportedMediaType, fmt.Errorf("this takes a request with Content-Type: %s", kind))
			return
		}
		next(w, r)
	}
}

// read reads a request's body.
func read(w http.ResponseWriter, r *http.Request, most int64) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Errorf("it is longer than %d bytes, and cannot be settings", most))
	case err != nil:
		refuse(w, http.StatusBadRequest, err)
	}
	return body, err == nil
}

func refuse(w http.ResponseWriter, code int, err error) {
	var problems settings.Problems
	if !errors.As(err, &problems) {
		answer.Refuse(w, code, err)
		return
	}
	answer.With(w, code, struct {
		Error    string             `json:"error"`
		Problems []settings.Problem `json:"problems"`
	}{err.Error(), problems})
}
