// Package durable writes files that a cut of the power cannot damage.
package durable

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// suffix is that of a file on its way to replace another. It is always the
// same, so that what a cut of the power leaves behind is used up by the next
// write and does not pile up.
const suffix = ".new"

// WriteJSON replaces a file with the JSON of v. Whenever the power is cut, the
// old content or the new is there: a new file is written and synced, renamed
// over the old one, and the folder is synced, so that the new content stays
// once WriteJSON has returned. One process at a time may write a file.
func WriteJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := replace(path, append(text, '\n')); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func replace(path string, content []byte) error {
	fresh := path + suffix
	f, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
