package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"rawtcpcom/relay/durable"
)

// record keeps that another box has the plain name, over restarts.
type record struct{ folder string }

// way is who was given way to, and for which name.
type way struct {
	Name string `json:"name"`
	To   string `json:"to"` // the other's address
}

func (r record) path() string { return filepath.Join(r.folder, "gave-way.json") }

// read returns what is kept. Where that cannot be read, nothing is: the network is
// asked anyway.
func (r record) read() (w way) {
	text, err := os.ReadFile(r.path())
	if err != nil || json.Unmarshal(text, &w) != nil {
		return way{}
	}
	return w
}

func (r record) write(w way) error {
	if r.read() == w {
		return nil
	}
	if err := os.MkdirAll(r.folder, 0o700); err != nil {
		return fmt.Errorf("keep that another box has the name: %w", err)
	}
	if err := durable.WriteJSON(r.path(), w); err != nil {
		return fmt.Errorf("keep that another box has the name: %w", err)
	}
	return nil
}
