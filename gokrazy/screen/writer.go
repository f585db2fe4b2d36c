package main

import (
	"fmt"
	"log/slog"
	"os"
	"syscall"
	"time"
)

// writer writes to consoles.
type writer struct {
	paths   []string
	log     *slog.Logger
	failing map[string]bool
}

// write writes text to each console. One that is not there or that stands still
// (Ctrl-S) does not keep the others from it, and is told of once.
func (w *writer) write(text string) {
	for _, path := range w.paths {
		err := writeTo(path, text)
		if err != nil && !w.failing[path] {
			w.log.Warn("a console shows nothing", "error", err)
		}
		w.failing[path] = err != nil
	}
}

// writeTimeout is for how long a console may stand still.
const writeTimeout = 2 * time.Second

func writeTo(path, text string) error {
	// The console is not to become this program's terminal, and is not waited for.
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("write to the console: %w", err)
	}
	defer f.Close()
	_ = f.SetWriteDeadline(time.Now().Add(writeTimeout)) // a plain file has none, and needs none
	if _, err := f.WriteString(text); err != nil {
		return fmt.Errorf("write to the console: %w", err)
	}
	return nil
}
