package page

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
	"rawtcpcom/status/relayapi/fakerelay"
)

// events reads the stream of a page into a channel of "name data" lines.
func (s *site) events(t *testing.T) (<-chan string, func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		stop()
		return nil, func() {}
	}
	told := make(chan string, 1000)
	var done sync.WaitGroup
	done.Go(func() {
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 4<<20)
		name := ""
		for lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = n
			} else if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				told <- name + " " + data
			}
		}
		close(told)
	})
	return told, func() {
		stop()
		resp.Body.Close()
		done.Wait()
	}
}

func expect(t *testing.T, told <-chan string, what ...string) string {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case e, open := <-told:
			if !open {
				t.Fatalf("the stream ended before %q", what)
			}
			all := true
			for _, w := range what {
				all = all && strings.Contains(e, w)
			}
			if all {
				return e
			}
		case <-deadline:
			t.Fatalf("no event with %q within 10 s", what)
		}
	}
}

func TestEvents(t *testing.T) {
	s := serve(t, nil)
	s.traffic.Add(tap.Message{Client: "a", Dir: tap.In, Payload: "before"})
	told, stop := s.events(t)
	defer stop()
	expect(t, told, "status ", `"chain"`)
	expect(t, told, "messages ", `"payload":"before"`)
	s.traffic.Add(tap.Message{Client: "a", Dir: tap.Out, Payload: "<img src=x>"})
	expect(t, told, "messages ", `"dir":"out"`)
	expect(t, told, "series ", `"in":[`)
	for i := range 1000 {
		s.traffic.Add(tap.Message{Client: "a", Dir: tap.Out, Seq: uint64(i)})
	}
	expect(t, told, "messages ", `"seq":999`)
	st := fakerelay.Healthy()
	st.Robot.State = state.RobotAbsent
	s.relay.Set(st)
	expect(t, told, "status ", `"link":"Driver"`)
}

func TestPagesAreBounded(t *testing.T) {
	s := serve(t, nil)
	for range maxStreams {
		told, stop := s.events(t)
		defer stop()
		expect(t, told, "status ")
	}
	if told, _ := s.events(t); told != nil {
		t.Error("one page too many is served")
	}
	if code, _, _ := s.do(t, http.MethodGet, "/api/status", ""); code != 200 {
		t.Errorf("the rest does not work any more: %d", code)
	}
}
