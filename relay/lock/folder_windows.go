package lock

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Folder locks a folder until what it returns is closed.
func Folder(dir string) (io.Closer, error) {
	return open(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE)
}

func open(path string, flag int) (io.Closer, error) {
	f, err := os.OpenFile(path, flag, 0o644)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if err == nil {
		return f, nil
	}
	_ = f.Close() // it holds nothing
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return nil, ErrTaken
	}
	return nil, &os.PathError{Op: "lock", Path: path, Err: err}
}
