package console

import (
	"bufio"
	"encoding/json"
	"net"
	"strings"
	"sync"
	"time"
)

// link is one connection, with the goroutine that reads it.
type link struct {
	conn  net.Conn
	lines chan string // closed when the connection ends
	stop  chan struct{}
	done  sync.WaitGroup
}

func newLink(conn net.Conn) *link {
	l := &link{conn: conn, lines: make(chan string), stop: make(chan struct{})}
	l.done.Go(l.read)
	return l
}

// read takes lines whatever the relay's terminator is: \n\r, \r\n or \n.
func (l *link) read() {
	defer close(l.lines)
	scanner := bufio.NewScanner(l.conn)
	scanner.Buffer(make([]byte, 0, 4096), maxLine)
	for scanner.Scan() {
		line := strings.TrimSpace(scanner.Text())
		if line == "" {
			continue
		}
		select {
		case l.lines <- line:
		case <-l.stop:
			return
		}
	}
}

func (l *link) write(message string) error {
	if err := l.conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	_, err := l.conn.Write([]byte(message + "\n\r"))
	return err
}

func (l *link) close() {
	close(l.stop)
	l.conn.Close()
	l.done.Wait()
}

// result is the outcome that a TCP handshake line tells; empty for any other.
func result(line string) string {
	var m struct {
		Type string
		Data struct {
			Message struct{ Result string }
		}
	}
	if json.Unmarshal([]byte(line), &m) != nil || m.Type != "TCP handshake" {
		return ""
	}
	return m.Data.Message.Result
}
