package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"rawtcpcom/relay/health"
	"rawtcpcom/relay/state"
)

// Healthz answers GET /healthz: 200 when the robot can be commanded, with a
// line on each thing that is amiss with the clients; else 503 and the first
// broken link. It is about the robot, so no client's trouble changes the
// status.
func Healthz(look func() state.State) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		r := health.Judge(health.Facts{Answering: true, State: look(), Now: time.Now()})
		if r.ToRobot() != health.Fine {
			http.Error(w, healthLine(*r.Broken()), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
		for _, l := range r.AtClients() {
			fmt.Fprintln(w, healthLine(l))
		}
	}
}

func healthLine(l health.Link) string { return strings.ToLower(l.Title) + ": " + l.Line }
