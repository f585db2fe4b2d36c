package emulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
)

// console collects what the box writes to its serial port, line by line.
type console struct {
	copy io.Writer

	mu      sync.Mutex
	partial []byte
	lines   []string
	changed chan struct{} // closed and replaced at every change
	ended   error
}

func newConsole(copy io.Writer) *console {
	return &console{copy: copy, changed: make(chan struct{})}
}

func (c *console) Write(b []byte) (int, error) {
	if c.copy != nil {
		if _, err := c.copy.Write(b); err != nil {
			return 0, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.partial = append(c.partial, b...)
	for {
		i := bytes.IndexByte(c.partial, '\n')
		if i < 0 {
			break
		}
		c.lines = append(c.lines, strings.TrimRight(string(c.partial[:i]), "\r"))
		c.partial = c.partial[i+1:]
	}
	c.signal()
	return len(b), nil
}

// end tells those who wait that nothing more will come.
func (c *console) end(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := ""
	if n := len(c.lines); n > 0 {
		last = "; its last line: " + c.lines[n-1]
	}
	c.ended = fmt.Errorf("%w (%v)%s", ErrEnded, reason, last)
	c.signal()
}

func (c *console) signal() {
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *console) wait(ctx context.Context, text string) (string, error) {
	seen := 0
	for {
		c.mu.Lock()
		lines, changed, ended := c.lines[seen:], c.changed, c.ended
		seen = len(c.lines)
		c.mu.Unlock()
		for _, line := range lines {
			if strings.Contains(line, text) {
				return line, nil
			}
		}
		if ended != nil {
			return "", ended
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
