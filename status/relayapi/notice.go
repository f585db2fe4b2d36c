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

// ErrUnknownNotice is the answer to putting away a notice that is not there.
var ErrUnknownNotice = errors.New("there is no such notice any more")

// PutAway makes the relay put a notice away, for everybody.
func (r *Relay) PutAway(ctx context.Context, id string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, r.base+"/notices/"+url.PathEscape(id), nil)
	if err != nil {
		return fmt.Errorf("putting the notice away: %w", err)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return fmt.Errorf("putting the notice away: the relay does not answer: %w", plain(err))
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusNoContent:
		return nil
	case http.StatusNotFound:
		return ErrUnknownNotice
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // the status alone says that it went wrong
	return fmt.Errorf("the relay's answer was %s: %s", resp.Status, strings.TrimSpace(string(text)))
}
