package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	lan "rawtcpcom/gokrazy/lan/report"
	names "rawtcpcom/gokrazy/names/report"
	"rawtcpcom/relay/version"
	"rawtcpcom/status/chain"
)

// Box is what a result says of the box.
type Box struct {
	Version string
	Names   []string // under which the network finds it
	Address lan.Report
	Found   []string // addresses, where the program lan does not tell
	Red     []chain.Trouble
	Unknown string // why it is not known what is red; empty where it is
}

// Around is where to ask about the box.
type Around struct {
	Status  string // URL of the page's state
	Address string // file of the program lan
	Names   string // file of the program names
}

const (
	// patience is how long the page is waited for: after a start it takes a while.
	patience = 30 * time.Second
	askEvery = time.Second
	// settle is what the relay gets to take settings that have just changed, since
	// what was red before says nothing about them.
	settle = 5 * time.Second
)

// About asks about the box. Whatever does not answer is left out, since the result
// matters more. It waits for the page, for patience at most.
func (a Around) About(ctx context.Context, changed bool) Box {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if changed {
		wait(ctx, settle)
	}
	box := Box{Version: version.Version, Unknown: fmt.Sprintf("it did not answer within %v", patience)}
	for {
		red, err := a.red(ctx)
		if err == nil {
			box.Red, box.Unknown = red, ""
			break
		}
		if ctx.Err() == nil {
			box.Unknown = err.Error() // that of the last whole try
		}
		if !wait(ctx, askEvery) {
			break
		}
	}
	var err error
	if box.Address, err = lan.Read(a.Address); err != nil {
		box.Found = addresses()
	}
	if found, err := names.Read(a.Names); err == nil {
		box.Names = found.List()
	}
	return box
}

// wait waits, and reports whether the context is still there.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// red is what the page shows as wrong.
func (a Around) red(ctx context.Context) ([]chain.Trouble, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.Status, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the page answers %s", resp.Status)
	}
	var s struct {
		Relay struct{ Answering bool }
		Chain chain.Report
	}
	const limit = 4 << 20
	if err := json.NewDecoder(io.LimitReader(resp.Body, limit)).Decode(&s); err != nil {
		return nil, fmt.Errorf("the page's answer is not understood: %w", err)
	}
	if !s.Relay.Answering {
		return nil, errors.New("the relay does not answer the page yet")
	}
	var red []chain.Trouble
	if b := s.Chain.Broken; b != nil && !b.Waiting {
		red = append(red, *b)
	}
	return append(red, s.Chain.Beside...), nil
}

// addresses are those that others can reach.
func addresses() (found []string) {
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() {
			found = append(found, ip.IP.String())
		}
	}
	return found
}
