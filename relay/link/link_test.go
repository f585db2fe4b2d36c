package link

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"rawtcpcom/relay/session"
)

func TestBackOff(t *testing.T) {
	refused := errors.New("connection refused")
	wrong := fmt.Errorf("joining: %w", &session.AuthError{Abort: &session.AbortError{Reason: "wamp.error.authentication_failed"}})
	for _, c := range []struct {
		attempt     int
		err         error
		least, most time.Duration
	}{
		{0, refused, leastWait / 2, leastWait},
		{2, refused, 2 * leastWait, 4 * leastWait},
		{50, refused, mostWait / 2, mostWait},
		{0, wrong, authWait / 2, authWait},
		{50, wrong, authWait / 2, authWait},
	} {
		seen := map[time.Duration]bool{}
		for range 100 {
			wait := backOff(c.attempt, c.err)
			if wait < c.least || wait > c.most {
				t.Errorf("attempt %d after %v: %v", c.attempt, c.err, wait)
			}
			seen[wait] = true
		}
		if len(seen) < 50 {
			t.Errorf("attempt %d after %v: no jitter", c.attempt, c.err)
		}
	}
}
