package api

import (
	"errors"
	"net/http"

	"rawtcpcom/relay/notice"
)

// putAway puts a notice away, for everybody.
func (s *Server) putAway(w http.ResponseWriter, r *http.Request) {
	err := s.Hub.PutAway(r.PathValue("id"))
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, notice.ErrUnknown):
		http.Error(w, err.Error(), http.StatusNotFound)
	default:
		s.Log.Error("a notice was not put away", "error", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
