package relayapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxAnswer is how much of the relay's answer to a halt is read, in bytes.
const maxAnswer = 4 << 10

// Halt makes the relay stop the robot for whom by names. It returns nil once the
// router has acknowledged it. The error says in a sentence for a person what
// became of it instead.
func (r *Relay) Halt(ctx context.Context, by string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.base+"/halt?by="+url.QueryEscape(by), nil)
	if err != nil {
		return fmt.Errorf("halting the robot: %w", err)
	}
	// A connection that has died meanwhile must not cost the stop: it may be sent
	// twice. Without a value, the header is for net/http alone.
	req.Header["Idempotency-Key"] = []string{}
	resp, err := r.client.Do(req)
	if err != nil {
		return fmt.Errorf("use the robot's own switch: the relay does not answer (%w), and the stop may not have been sent", plain(err))
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // the status alone says what became of it
	switch {
	case resp.StatusCode == http.StatusOK:
		return nil
	case resp.StatusCode == http.StatusServiceUnavailable && len(text) > 0:
		return errors.New(strings.TrimSpace(string(text)))
	}
	return fmt.Errorf("the relay's answer was %s; use the robot's own switch", resp.Status)
}
