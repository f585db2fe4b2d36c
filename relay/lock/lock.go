// Package lock keeps a second process away from what only one may use. The
// system gives a lock back however the process ends.
//
// A folder is locked itself, but on Windows by a file in it. A name is a socket
// without a place in the file system on Linux, where the file system may be
// what is broken, and holds within one network name space; elsewhere it is a
// file in the user's folder for what is temporary, and holds for that user.
package lock

import "errors"

// ErrTaken is returned where another process has the lock.
var ErrTaken = errors.New("taken by another process")
