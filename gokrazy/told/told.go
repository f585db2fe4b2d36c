// Package told is how the box's programs tell each other how things are: one writes
// a file of JSON in a tmpfs, and the others read it. Such a file says nothing of an
// earlier time that the box was on. What is in it is in the packages report.
package told

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"rawtcpcom/relay/durable"
)

// Write replaces the file. Whoever reads finds the old one or this, whole. what is
// what it tells about, for the error.
func Write(path, what string, v any) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("tell about %s: %w", what, err)
	}
	if err := durable.WriteJSON(path, v); err != nil {
		return fmt.Errorf("tell about %s: %w", what, err)
	}
	return nil
}

// Read reads the file. Without one, as on a PC, the error is one of
// os.ErrNotExist.
func Read[T any](path, what string) (T, error) {
	var v, none T
	text, err := os.ReadFile(path)
	if err != nil {
		return none, fmt.Errorf("read about %s: %w", what, err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return none, fmt.Errorf("read about %s in %s: %w", what, path, err)
	}
	return v, nil
}
