// Package adminclient talks to gokrazy's administration: from inside the box over
// its socket, from outside over the network. The sending of updates is left
// to gokrazy's own library.
package adminclient

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gokrazy/updater"
)

// Socket is where gokrazy's administration listens inside the box.
const Socket = "/run/gokrazy-http.sock"

// passwordFile holds the password inside the box.
const passwordFile = "/etc/gokr-pw.txt"

// user is the one user that gokrazy knows.
const user = "gokrazy"

// Box is one box's administration.
type Box struct {
	base   *url.URL
	client *http.Client
}

// Local is the box that this program runs in.
func Local() (*Box, error) {
	password, err := os.ReadFile(passwordFile)
	if err != nil {
		return nil, fmt.Errorf("read gokrazy's password (this program runs in the box only): %w", err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", Socket)
	}}
	return newBox(&url.URL{Scheme: "http", Host: "gokrazy"}, strings.TrimSpace(string(password)), transport), nil
}

// TCP is the box whose administration is at the given address.
func TCP(base *url.URL, password string) *Box {
	return newBox(base, password, &http.Transport{})
}

func newBox(base *url.URL, password string, transport http.RoundTripper) *Box {
	withUser := *base
	withUser.User = url.UserPassword(user, password)
	withUser.Path = "/"
	return &Box{&withUser, &http.Client{Transport: transport}}
}

// Status is what the box tells about itself, as far as it is used here.
type Status struct {
	BuildTimestamp string
	PermDev        string // the device of /perm, whether mounted or not
	Services       []Service
	Meminfo        map[string]int64 // as in /proc/meminfo, in bytes
}

// Service is one supervised program.
type Service struct {
	Path      string
	Args      []string // its command line
	Pid       int      // 0 while it does not run
	Stopped   bool
	StartTime time.Time
}

// Status asks the box about itself.
func (b *Box) Status(ctx context.Context) (Status, error) {
	var s Status
	body, err := b.call(ctx, http.MethodGet, "", nil, http.Header{"Accept": {"application/json"}})
	if err != nil {
		return s, fmt.Errorf("ask gokrazy for the box's state: %w", err)
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, fmt.Errorf("ask gokrazy for the box's state: %w", err)
	}
	return s, nil
}

// Reboot stops all programs and restarts the box. Inside the box it ends the
// caller too.
func (b *Box) Reboot(ctx context.Context) error {
	// By default gokrazy gives a hung program 100 seconds to stop.
	if _, err := b.call(ctx, http.MethodPost, "reboot?wait_per_signal=5s", nil, nil); err != nil {
		return fmt.Errorf("restart the box: %w", err)
	}
	return nil
}

// Switch has the box start the root file system in the other partition from
// the next restart on: the one that was not in use when the box started,
// however often this is called.
func (b *Box) Switch(ctx context.Context) error {
	target, err := updater.NewTarget(ctx, b.base.String(), b.client)
	if err != nil {
		return fmt.Errorf("switch to the other root file system: %w", err)
	}
	if err := target.Switch(ctx); err != nil {
		return fmt.Errorf("switch to the other root file system: %w", err)
	}
	return nil
}

// SendRoot writes a root file system into the partition not in use.
func (b *Box) SendRoot(ctx context.Context, root io.Reader) error {
	target, err := updater.NewTarget(ctx, b.base.String(), b.client)
	if err != nil {
		return fmt.Errorf("send the root file system: %w", err)
	}
	if err := target.StreamTo(ctx, "root", root); err != nil {
		return fmt.Errorf("send the root file system: %w", err)
	}
	return nil
}

// UpdateRoot sends the root file system in a file and restarts the box with
// it. Kernel and boot partition stay as they are.
func (b *Box) UpdateRoot(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("send the root file system: %w", err)
	}
	defer f.Close()
	if err := b.SendRoot(ctx, f); err != nil {
		return err
	}
	if err := b.Switch(ctx); err != nil {
		return err
	}
	return b.Reboot(ctx)
}

// Kill ends a program as a crash would (SIGKILL); gokrazy starts it again.
func (b *Box) Kill(ctx context.Context, program string) error {
	// gokrazy asks for a token that it would have put into its page; both
	// halves of it come from the caller.
	const token = "1"
	form := url.Values{"path": {program}, "signal": {"kill"}, "xsrftoken": {token}}
	header := http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"},
		"Cookie":       {"gokrazy_xsrf=" + token},
	}
	if _, err := b.call(ctx, http.MethodPost, "restart", strings.NewReader(form.Encode()), header); err != nil {
		return fmt.Errorf("kill %s: %w", program, err)
	}
	return nil
}

// Log follows what a program writes (the last hundred lines, then each new
// one) until use returns false or the context ends.
func (b *Box) Log(ctx context.Context, program, stream string, use func(line string) bool) error {
	query := url.Values{"path": {program}, "stream": {stream}}
	resp, err := b.do(ctx, http.MethodGet, "log?"+query.Encode(), nil, http.Header{"Accept": {"text/event-stream"}})
	if err != nil {
		return fmt.Errorf("read the log of %s: %w", program, err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if line, ok := strings.CutPrefix(lines.Text(), "data: "); ok && !use(line) {
			return nil
		}
	}
	return errors.Join(lines.Err(), ctx.Err())
}

func (b *Box) call(ctx context.Context, method, path string, body io.Reader, header http.Header) ([]byte, error) {
	resp, err := b.do(ctx, method, path, body, header)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func (b *Box) do(ctx context.Context, method, path string, body io.Reader, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, b.base.String()+path, body)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, withoutPassword(err)
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		problem, _ := io.ReadAll(io.LimitReader(resp.Body, 500))
		return nil, fmt.Errorf("the box answers %s: %s", resp.Status, strings.TrimSpace(string(problem)))
	}
	return resp, nil
}

// withoutPassword takes the address out of an error, since the password is
// part of it.
func withoutPassword(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
