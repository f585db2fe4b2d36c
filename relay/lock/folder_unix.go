//go:build unix

package lock

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// Folder locks a folder until what it returns is closed.
func Folder(dir string) (io.Closer, error) { return open(dir, os.O_RDONLY) }

func open(path string, flag int) (io.Closer, error) {
	f, err := os.OpenFile(path, flag, 0o644)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close() // it holds nothing
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrTaken
	}
	return nil, &os.PathError{Op: "lock", Path: path, Err: err}
}
