package perm

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// WaitWritable waits until the file system at a path, such as /perm, can be
// written: on the first start it is being formatted.
func WaitWritable(ctx context.Context, path string) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		var fs unix.Statfs_t
		if err := unix.Statfs(path, &fs); err == nil && fs.Flags&unix.ST_RDONLY == 0 {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
