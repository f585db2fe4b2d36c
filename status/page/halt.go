package page

import (
	"context"
	"net"
	"net/http"

	"rawtcpcom/status/answer"
)

// halt stops the robot. It does not go through the console, which is a client and
// needs an id, and is there with the console off. Once asked for it goes on, also
// where the page is closed meanwhile.
func (s *Server) halt(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), requestTime)
	defer cancel()
	host, _, _ := net.SplitHostPort(r.RemoteAddr) // it is one, by net/http
	if err := s.cfg.Relay.Halt(ctx, host+" at the status page"); err != nil {
		s.cfg.Log.Error("the robot may not have been halted from the page", "by", r.RemoteAddr, "error", err)
		answer.Refuse(w, http.StatusBadGateway, err)
		return
	}
	s.cfg.Log.Warn("the robot was halted from the page", "by", r.RemoteAddr)
	w.WriteHeader(http.StatusNoContent)
}
