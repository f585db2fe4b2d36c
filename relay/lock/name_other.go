//go:build !linux

package lock

import (
	"io"
	"os"
	"path/filepath"
)

// Name locks a name until what it returns is closed.
func Name(name string) (io.Closer, error) {
	return open(filepath.Join(os.TempDir(), "rawtcpcom-"+name+".lock"), os.O_RDWR|os.O_CREATE)
}
