package emulator

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// CopyCard copies the image of a card for a machine to write to. Blocks of
// zeros are left as holes, so that the copy is quick and small.
func CopyCard(from, to string) (err error) {
	problem := func(err error) error { return fmt.Errorf("copy the image %s: %w", from, err) }
	in, err := os.Open(from)
	if err != nil {
		return problem(err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return problem(err)
	}
	out, err := os.Create(to)
	if err != nil {
		return problem(err)
	}
	defer func() {
		if closing := out.Close(); closing != nil && err == nil {
			err = problem(closing)
		}
	}()
	if err := out.Truncate(info.Size()); err != nil {
		return problem(err)
	}
	block := make([]byte, 1<<20)
	zeros := make([]byte, len(block))
	for at := int64(0); ; at += int64(len(block)) {
		n, err := in.ReadAt(block, at)
		if n > 0 && string(block[:n]) != string(zeros[:n]) {
			if _, err := out.WriteAt(block[:n], at); err != nil {
				return problem(err)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return problem(err)
		}
	}
}
