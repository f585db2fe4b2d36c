package setup

import "net/http"

// reset makes the box as new. Nothing is set any more, the password neither. The
// client ids stay; the robot's driver remembers those, not the lab.
func (s *Setup) reset(w http.ResponseWriter, r *http.Request) {
	if err := s.cfg.Store.Reset(); err != nil {
		s.cfg.Log.Error("the settings could not be forgotten", "error", err)
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	s.cfg.Log.Warn("the box was reset from the page, nothing is set", "by", r.RemoteAddr)
	w.WriteHeader(http.StatusNoContent)
}
