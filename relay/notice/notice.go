// Package notice reads what another program on the box wants people to know,
// such as an update that was taken back, so that it is seen where people look:
// in the relay's state, and from there on the page.
package notice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"rawtcpcom/relay/durable"
	"rawtcpcom/relay/state"
)

// lookEvery is how often the file is looked at. Its writer replaces it whole.
const lookEvery = 5 * time.Second

// File is a file that holds one notice as JSON, {"time": ..., "text": ...}; no
// file means that there is nothing to tell. A File without a path never has
// one.
type File struct {
	Path string
	Log  *slog.Logger

	mu      sync.Mutex
	notices []state.Notice // as they were found
}

// Notices are what the file held when it was last looked at, never nil.
func (f *File) Notices() []state.Notice {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]state.Notice{}, f.notices...)
}

// Follow looks at the file until the context ends, and calls changed when it
// holds something else than before.
func (f *File) Follow(ctx context.Context, changed func()) {
	if f.Path == "" {
		return
	}
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	for {
		if f.look() {
			changed()
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// ErrUnknown is for a notice that is not there, or is another by now.
var ErrUnknown = errors.New("there is no such notice any more")

// PutAway removes the file, if it still holds the notice with that id: for everybody,
// until its writer has something to tell again.
func (f *File) PutAway(id string) error {
	found, err := read(f.Path)
	switch {
	case err != nil:
		return err
	case len(found) == 0 || found[0].ID != id:
		return ErrUnknown
	}
	if err := durable.Remove(f.Path); err != nil {
		return fmt.Errorf("putting a notice away: %w", err)
	}
	f.Log.Info("a notice was put away", "notice", found[0].Text)
	f.look()
	return nil
}

func (f *File) look() (changed bool) {
	found, err := read(f.Path)
	if err != nil {
		f.Log.Warn("notice left aside", "error", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	changed = len(found) != len(f.notices) || len(found) > 0 && found[0] != f.notices[0]
	f.notices = found
	return changed
}

func read(path string) ([]state.Notice, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a notice: %w", err)
	}
	var n state.Notice
	if err := json.Unmarshal(b, &n); err != nil || n.Text == "" {
		return nil, fmt.Errorf("reading the notice in %s: not {\"time\": ..., \"text\": ...}", path)
	}
	// What is read again is the same notice, for as long as the file is.
	sum := sha256.Sum256(b)
	n.ID = hex.EncodeToString(sum[:8])
	return []state.Notice{n}, nil
}
