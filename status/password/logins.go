package password

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync"
	"time"
)

const (
	cookieName = "rawtcpcom-login"
	loginTime  = 12 * time.Hour
	// maxLogins bounds the memory; the oldest makes room.
	maxLogins = 64
)

// logins are those of browsers that have given the password. They are in memory
// only, and end with the program.
type logins struct {
	mu   sync.Mutex
	open map[string]login // by the cookie's value
}

type login struct {
	hash  string // of the password that it was begun with
	began time.Time
}

func newLogins() logins { return logins{open: map[string]login{}} }

func (s *logins) begin(w http.ResponseWriter, hash string) {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails, by crypto/rand
	token := hex.EncodeToString(random[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest := ""
	for t, other := range s.open {
		switch {
		case time.Since(other.began) > loginTime || other.hash != hash:
			delete(s.open, t)
		case oldest == "" || other.began.Before(s.open[oldest].began):
			oldest = t
		}
	}
	if len(s.open) >= maxLogins {
		delete(s.open, oldest)
	}
	s.open[token] = login{hash: hash, began: time.Now()}
	http.SetCookie(w, cookie(token, int(loginTime.Seconds())))
}

// has reports whether a request belongs to a login of the password that has
// this hash.
func (s *logins) has(r *http.Request, hash string) bool {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, open := s.open[c.Value]
	return open && found.hash == hash && time.Since(found.began) <= loginTime
}

func (s *logins) end(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookieName); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, c.Value)
	}
	http.SetCookie(w, cookie("", -1))
}

// cookie has no Secure: the box serves the page in clear, having no certificate
// that a browser would trust.
func cookie(value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}
