package page

import (
	"context"
	"errors"
	"net/http"

	"rawtcpcom/status/answer"
	"rawtcpcom/status/relayapi"
)

// putAway puts a notice away for everybody, until the box has something to tell again.
func (s *Server) putAway(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), requestTime)
	defer cancel()
	err := s.cfg.Relay.PutAway(ctx, r.PathValue("id"))
	switch {
	case err == nil:
		s.cfg.Log.Info("a notice was put away from the page", "by", r.RemoteAddr)
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, relayapi.ErrUnknownNotice):
		answer.Refuse(w, http.StatusNotFound, err)
	default:
		answer.Refuse(w, http.StatusBadGateway, err)
	}
}
