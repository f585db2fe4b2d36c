package relayapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxEvent is the longest line of an event stream that is taken, in bytes.
const maxEvent = 1 << 20

// errSilent is the end of a stream on which even the keepalives stopped.
var errSilent = errors.New("it accepts connections but says nothing")

// event is one server-sent event.
type event struct {
	name string
	data []byte
}

// stream reads server-sent events from url until the stream ends, stays
// silent for longer than idle, or ctx ends. It always returns an error.
func stream(ctx context.Context, client *http.Client, url string, idle time.Duration, on func(event) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(idle, func() { cancel(errSilent) })
	defer watchdog.Stop()

	err := read(ctx, client, url, func() { watchdog.Reset(idle) }, on)
	if errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

func read(ctx context.Context, client *http.Client, url string, alive func(), on func(event) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: the answer was %s", url, resp.Status)
	}
	if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		return fmt.Errorf("GET %s: not a stream of events but %q; is this the relay?", url, kind)
	}
	return parse(resp.Body, alive, on)
}

// parse reads events off r; alive is called for every line, comments too.
func parse(r io.Reader, alive func(), on func(event) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 16<<10), maxEvent)
	var e event
	for lines.Scan() {
		alive()
		line := lines.Bytes()
		if len(line) == 0 {
			if e.data != nil {
				if err := on(e); err != nil {
					return err
				}
			}
			e = event{}
			continue
		}
		field, value, _ := strings.Cut(string(line), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			e.name = value
		case "data":
			if e.data == nil {
				e.data = []byte{}
			} else {
				e.data = append(e.data, '\n')
			}
			e.data = append(e.data, value...)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.EOF
}
