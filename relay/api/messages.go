package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// messagesGap is the time between two looks into the tap. With the tap's
// buffer it bounds what a page that is open can cost the relay.
const messagesGap = 50 * time.Millisecond

// messages streams what passes: an event "message" for each (package tap), and
// "dropped" with a number where there were too many to show.
func (s *Server) messages(w http.ResponseWriter, r *http.Request) {
	watcher := s.Hub.Tap.Watch()
	if watcher == nil {
		http.Error(w, "as many as can be are watching the messages already; close one", http.StatusServiceUnavailable)
		return
	}
	defer watcher.Close()
	stream := openStream(w)
	if stream.comment("watching") != nil {
		return
	}
	gap := time.NewTicker(messagesGap)
	defer gap.Stop()
	last := time.Now()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-gap.C:
		}
		messages, dropped := watcher.Take()
		var batch []byte
		for _, m := range messages {
			text, err := json.Marshal(m)
			if err != nil {
				continue // strings and numbers always marshal
			}
			batch = appendEvent(batch, "message", text)
		}
		if dropped > 0 {
			batch = appendEvent(batch, "dropped", []byte(`{"dropped":`+strconv.Itoa(dropped)+`}`))
		}
		if len(batch) == 0 && time.Since(last) > keepAlive {
			batch = []byte(": keepalive\n\n")
		}
		if len(batch) > 0 {
			last = time.Now()
			if stream.write(batch) != nil {
				return
			}
		}
	}
}
