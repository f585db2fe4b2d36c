package rollback

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"rawtcpcom/relay/durable"
)

// The files that this package keeps in its folder on /perm. They are written
// when an update comes and goes, and never in daily use.
const (
	recordFile = "record.json"
	noticeFile = "notice.json"
)

// Notice is what a person should know about the last update. It is in
// notice.json, for the relay to show in its state; no file means nothing to
// tell.
type Notice struct {
	Time time.Time `json:"time,omitzero"` // absent when the box had no clock
	Text string    `json:"text"`          // one sentence or two, for a person
}

// Root identifies a root file system.
type Root struct {
	Partition   int    `json:"partition"`
	Fingerprint string `json:"fingerprint"` // quick to take; tells one build from another
	Version     string `json:"version"`
}

// same reports whether two are the same build in the same place.
func (r Root) same(other Root) bool {
	return r.Partition == other.Partition && r.Fingerprint == other.Fingerprint
}

// record is what must be remembered from one start of the box to the next.
type record struct {
	Good  *good    `json:"good"`            // the last that proved itself
	Trial *attempt `json:"trial,omitempty"` // one that has not done so yet
}

// good is a root file system that has served, with what it takes to be sure
// later that it is still whole.
type good struct {
	Root
	SHA256 string `json:"sha256"`
}

// attempt is a root file system on trial.
type attempt struct {
	Root
	Starts int `json:"starts"` // of the box, with this root file system
}

func readRecord(dir string) (record, error) {
	var r record
	path := filepath.Join(dir, recordFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("read the record of updates: %w", err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return record{}, fmt.Errorf("read the record of updates %s: %w", path, err)
	}
	return r, nil
}

func writeRecord(dir string, r record) error {
	if err := write(dir, recordFile, r); err != nil {
		return fmt.Errorf("write the record of updates: %w", err)
	}
	return nil
}

// writeNotice leaves a notice; now is zero where the clock is not set.
func writeNotice(dir, text string, now time.Time) error {
	n := Notice{Text: text}
	if !now.IsZero() {
		n.Time = now.UTC().Truncate(time.Second)
	}
	if err := write(dir, noticeFile, n); err != nil {
		return fmt.Errorf("write the notice about the update: %w", err)
	}
	return nil
}

func clearNotice(dir string) error {
	if err := os.Remove(filepath.Join(dir, noticeFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the notice about the last update: %w", err)
	}
	return nil
}

func write(dir, name string, v any) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return durable.WriteJSON(filepath.Join(dir, name), v)
}
