package program

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockData keeps a second relay away from the data directory: the two would
// lend the same ids, and each get the answers to the other's clients. The
// kernel gives the lock back however the process ends.
func lockData(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("locking the data directory: %w; point -data at a directory that can be written", err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("locking the data directory: %w; point -data at a directory that can be read", err)
	}
	err = syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("another relay uses the data directory %s; stop it, or give this one a -data of its own", dir)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return func() { d.Close() }, nil
}
