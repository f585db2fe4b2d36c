//go:build unix

package durable

import "os"

func (system) rename(from, to string) error         { return os.Rename(from, to) }
func (system) openFolder(path string) (file, error) { return os.Open(path) }
