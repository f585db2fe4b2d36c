package lock_test

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"rawtcpcom/relay/lock"
)

func TestOneAtATime(t *testing.T) {
	for name, c := range map[string]struct {
		lock func(string) (io.Closer, error)
		what string
	}{
		"folder": {lock.Folder, t.TempDir()},
		"name":   {lock.Name, uuid.NewString()},
	} {
		t.Run(name, func(t *testing.T) {
			for range 3 {
				held, err := c.lock(c.what)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := c.lock(c.what); !errors.Is(err, lock.ErrTaken) {
					t.Errorf("a second one: %v", err)
				}
				if err := held.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestNoFolder(t *testing.T) {
	if _, err := lock.Folder(filepath.Join(t.TempDir(), "none")); err == nil || errors.Is(err, lock.ErrTaken) {
		t.Errorf("locking a folder that is not there: %v", err)
	}
}
