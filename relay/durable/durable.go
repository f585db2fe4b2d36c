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
	return Write(path, append(text, '\n'))
}

// Write is WriteJSON for any content.
func Write(path string, content []byte) error { return write(system{mode: 0o644}, path, content) }

// WritePrivate is Write for a file that only its owner can read.
func WritePrivate(path string, content []byte) error {
	return write(system{mode: 0o600}, path, content)
}

func write(disk files, path string, content []byte) error {
	if err := replace(disk, path, content); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// files is what durable does to the disk, one step a method.
type files interface {
	create(path string) (file, error)
	rename(from, to string) error
	remove(path string) error
	openFolder(path string) (file, error)
}

type file interface {
	Write(b []byte) (int, error)
	Sync() error
	Close() error
}

// system is the disk itself.
type system struct{ mode os.FileMode }

func (s system) create(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, s.mode)
}
func (system) remove(path string) error { return os.Remove(path) }

func replace(disk files, path string, content []byte) error {
	fresh := path + suffix
	f, err := disk.create(fresh)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = disk.rename(fresh, path)
	}
	if err != nil {
		return errors.Join(err, disk.remove(fresh))
	}
	return syncFolder(disk, path)
}

// Remove deletes a file, so that it stays deleted once Remove has returned.
func Remove(path string) error { return remove(system{}, path) }

func remove(disk files, path string) error {
	if err := disk.remove(path); err != nil {
		return err
	}
	return syncFolder(disk, path)
}

// syncFolder syncs the folder that a file is in.
func syncFolder(disk files, path string) error {
	folder, err := disk.openFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
