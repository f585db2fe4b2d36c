package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"rawtcpcom/gokrazy/names/report"
)

// patience is for how long the page may keep silent: after power-on, and when it is
// started again, it takes a while.
const patience = 20 * time.Second

// watcher looks at the box.
type watcher struct {
	page      string // URL
	names     string // file
	addresses func() []string
	trusted   time.Time // when the page answered last, or this program started
}

// look tells what there is to show. It does not know while the page has not
// answered for a moment.
func (w *watcher) look(ctx context.Context) (s sight, known bool) {
	names, err := report.Read(w.names)
	if err == nil { // without the program names there are none
		s.names = names.List()
	}
	s.addresses = w.addresses()
	broken, err := w.ask(ctx)
	switch {
	case err == nil:
		w.trusted = time.Now()
		if broken != nil {
			s.trouble = *broken
		}
	case time.Since(w.trusted) < patience:
		return s, false
	default:
		s.trouble = trouble{Link: "Page", Text: "the program status does not answer.", Do: "It is started again by itself. If this goes on, switch the box off and on."}
	}
	return s, true
}

// ask asks the page for the first broken link; nil is none.
func (w *watcher) ask(ctx context.Context) (*trouble, error) {
	problem := func(err error) (*trouble, error) { return nil, fmt.Errorf("ask the page for its state: %w", err) }
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.page+"/api/status", nil)
	if err != nil {
		return problem(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return problem(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return problem(fmt.Errorf("the answer was %s", response.Status))
	}
	var status struct {
		Chain struct {
			Broken *trouble `json:"broken"`
		} `json:"chain"`
	}
	const limit = 1 << 20
	if err := json.NewDecoder(io.LimitReader(response.Body, limit)).Decode(&status); err != nil {
		return problem(err)
	}
	return status.Chain.Broken, nil
}

// addresses are those at which the box can be reached, with those that it gives
// itself on a cable without DHCP. IPv4 comes first: people type it.
func addresses() []string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var v4, v6 []string
	for _, a := range all {
		n, ok := a.(*net.IPNet)
		switch {
		case !ok || n.IP.IsLoopback():
		case n.IP.To4() != nil:
			v4 = append(v4, n.IP.String())
		case n.IP.IsGlobalUnicast():
			v6 = append(v6, strings.ToLower(n.IP.String()))
		}
	}
	return append(v4, v6...)
}
