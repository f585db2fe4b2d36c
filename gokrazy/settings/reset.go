package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"rawtcpcom/relay/durable"
)

// Reset makes the settings those of a new box: none. What else lies in the folder
// goes too, such as the settings before, which hold secrets, and what was taken
// from a stick. A file stays that sets nothing, since programs look at it for
// changes.
//
// Wherever the power is cut, the settings in force are the old ones or none.
func (s Store) Reset() error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("reset the settings: %w", err)
	}
	held, err := s.lock()
	if err != nil {
		return fmt.Errorf("reset the settings: %w", err)
	}
	defer held.Close()
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return fmt.Errorf("reset the settings: %w", err)
	}
	for _, e := range entries {
		if e.Name() == fileName || !e.Type().IsRegular() {
			continue
		}
		if err := durable.Remove(filepath.Join(s.Dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reset the settings: %w", err)
		}
	}
	if err := durable.WritePrivate(s.Path(), Values{}.TOML(WithSecrets)); err != nil {
		return fmt.Errorf("reset the settings: %w", err)
	}
	return nil
}
