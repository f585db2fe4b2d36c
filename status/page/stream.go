package page

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"rawtcpcom/status/answer"
	"rawtcpcom/status/console"
	"rawtcpcom/status/traffic"
)

const (
	// beat is how often messages and lines are passed on; the page need not
	// redraw oftener than a person can see.
	beat = 100 * time.Millisecond
	// writeTime ends the stream of a browser that does not read.
	writeTime = 10 * time.Second
)

// messages is a batch of what passed.
type messages struct {
	List    []traffic.Entry `json:"list"`
	Skipped uint64          `json:"skipped"` // too many to show since the last batch
}

// events streams to one page: the status at once and at every change, but at
// least every second; the plot so far and then each second; the messages.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		answer.Refuse(w, http.StatusServiceUnavailable, fmt.Errorf("%d pages are open on this box already; close one", maxStreams))
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	st := &stream{server: s, w: w, control: http.NewResponseController(w), second: -1}
	if st.control.SetReadDeadline(time.Time{}) != nil {
		return // the connection is gone already
	}
	st.run(r)
}

// stream is one page's connection and how far it was told.
type stream struct {
	server  *Server
	w       http.ResponseWriter
	control *http.ResponseController
	err     error // of the first write that failed

	message uint64 // number of the last message told
	line    uint64 // of the last line of the console
	second  int64  // of the plot
}

func (st *stream) run(r *http.Request) {
	monitor := st.server.cfg.Monitor
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		changed := monitor.Changed()
		st.send("status", monitor.Status())
		// Changes come at most ten times a second: the relay sees to that.
		for again := time.After(time.Second); again != nil; {
			st.news()
			if st.flush() != nil {
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-st.server.ending.Done():
				return
			case <-ticker.C:
			case <-changed:
				again = nil
			case <-again:
				again = nil
			}
		}
	}
}

// news sends what passed since the last time.
func (st *stream) news() {
	cfg := st.server.cfg
	list, last, skipped := cfg.Traffic.After(st.message)
	if len(list) > 0 {
		if st.message == 0 {
			skipped = 0 // before the page was opened
		}
		st.message = last
		st.send("messages", messages{list, skipped})
	}
	if s := cfg.Traffic.SeriesAfter(st.second); s.Second > st.second {
		st.second = s.Second
		st.send("series", s)
	}
	if cfg.Console != nil {
		if lines := cfg.Console.After(st.line); len(lines) > 0 {
			st.line = lines[len(lines)-1].N
			st.send("console", struct {
				Lines []console.Line `json:"lines"`
			}{lines})
		}
	}
}

func (st *stream) send(name string, v any) {
	if st.err != nil {
		return
	}
	data, err := json.Marshal(v)
	if err != nil {
		st.err = err
		return
	}
	if st.err = st.control.SetWriteDeadline(time.Now().Add(writeTime)); st.err == nil {
		_, st.err = fmt.Fprintf(st.w, "event: %s\ndata: %s\n\n", name, data)
	}
}

func (st *stream) flush() error {
	if st.err == nil {
		st.err = st.control.Flush()
	}
	return st.err
}
