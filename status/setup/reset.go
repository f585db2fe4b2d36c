package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"

	"rawtcpcom/gokrazy/settings"
)

// reset makes the box as new. Nothing is set any more, the password neither, and
// the settings before are gone as well: they hold secrets. The client ids stay; the
// robot's driver remembers those, not the lab.
func (s *Setup) reset(w http.ResponseWriter, r *http.Request) {
	if err := forget(s.cfg.Store); err != nil {
		s.cfg.Log.Error("the settings could not be forgotten", "error", err)
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	s.cfg.Log.Warn("the box was reset from the page, nothing is set", "by", r.RemoteAddr)
	w.WriteHeader(http.StatusNoContent)
}

// forget leaves a file in which nothing is set, which programs that follow the
// settings notice as they do any other change.
func forget(store settings.Store) error {
	if err := store.Save(settings.Values{}); err != nil {
		return err
	}
	if err := os.Remove(store.Path() + ".previous"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the settings before: %w", err)
	}
	return nil
}
