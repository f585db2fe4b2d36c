package hub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// client is a TCP client. What it is sent is read at once, unless it is slow.
type client struct {
	conn net.Conn
	id   string

	t     testing.TB
	mu    sync.Mutex
	lines []string
	ended bool
}

// connect connects a client and reads what it is told to begin with.
func (r *rig) connect() *client {
	r.t.Helper()
	near, far := net.Pipe()
	c := &client{conn: near, t: r.t}
	r.ln.conns <- serverSide{far}
	go c.read()
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.lines) > 0 {
		c.id = parse(c.lines[0]).To
	}
	return c
}

// ready connects a client and expects its handshake to succeed.
func (r *rig) ready() *client {
	r.t.Helper()
	c := r.connect()
	if lines := c.take(); !strings.Contains(strings.Join(lines, ""), `{"result": "success"}`) {
		r.t.Fatalf("no handshake: %q", lines)
	}
	return c
}

func (c *client) read() {
	buf := make([]byte, 64<<10)
	text := ""
	for {
		n, err := c.conn.Read(buf)
		text += string(buf[:n])
		c.mu.Lock()
		for {
			line, rest, found := strings.Cut(text, "\n\r")
			if !found {
				break
			}
			c.lines, text = append(c.lines, line), rest
		}
		c.ended = err != nil
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// send sends a command of each name, and waits until all has come to rest.
func (c *client) send(names ...string) {
	var all strings.Builder
	for _, name := range names {
		all.WriteString(command(name))
	}
	c.write(all.String())
}

// write writes text, and waits until all has come to rest.
func (c *client) write(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatal(err)
	}
	synctest.Wait()
}

func command(name string) string {
	return fmt.Sprintf(`{"topic":"driver","type":"command","name":"smoothie","message":%q,"param":null}`, name)
}

const clearQueue = `{"topic":"driver","type":"meta","name":"smoothie","message":"clear_queue","param":null}`

// take returns the lines that came since the last call.
func (c *client) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := c.lines
	c.lines = nil
	return lines
}

// errors returns "code name" of each error line among those that came since the
// last call, name being that of the command it is about.
func (c *client) errors() []string { return errorsIn(c.take()) }

func errorsIn(lines []string) []string {
	var list []string
	for _, line := range lines {
		if m := parse(line); m.Type == "error" {
			var about struct{ Message string }
			_ = json.Unmarshal([]byte(m.Data.Message.Error.Received), &about) // the test sees what is missing
			list = append(list, m.Data.Message.Error.Code+" "+about.Message)
		}
	}
	return list
}

func (c *client) closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// leave closes the connection and gives the relay time to be sure of it.
func (c *client) leave() {
	c.conn.Close()
	time.Sleep(time.Second)
	synctest.Wait()
}

type line struct {
	Type, To string
	Data     struct {
		Message struct {
			Result, Reason string
			Error          struct{ Code, Text, Received string }
		}
	}
}

func parse(text string) (m line) {
	_ = json.Unmarshal([]byte(text), &m) // the test sees what is missing
	return m
}

func expect[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

// listener hands out pipes.
type listener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, errors.New("closed")
	}
}

func (l listener) Close() error   { close(l.closed); return nil }
func (l listener) Addr() net.Addr { return &net.TCPAddr{} }

// serverSide is a pipe that says it comes from this machine and that it can
// close one side, as TCP can.
type serverSide struct{ net.Conn }

func (serverSide) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 50000}
}

func (serverSide) CloseWrite() error { return nil }

// halfClient can close its sending side alone.
type halfClient struct {
	*client
	side *halfPipe
}

func (c *halfClient) closeWrite() {
	close(c.side.eof)
	_ = c.side.SetReadDeadline(time.Now()) // wakes the reader
	synctest.Wait()
}

// halfPipe is a server's side whose peer may end its sending.
type halfPipe struct {
	serverSide
	eof chan struct{}
}

func (p *halfPipe) Read(b []byte) (int, error) {
	select {
	case <-p.eof:
		return 0, io.EOF
	default:
	}
	n, err := p.serverSide.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, io.EOF // closeWrite woke it
	}
	return n, err
}

// half connects a client that can close one side.
func (r *rig) half() *halfClient {
	near, far := net.Pipe()
	c := &client{conn: near, t: r.t}
	side := &halfPipe{serverSide{far}, make(chan struct{})}
	r.ln.conns <- side
	go c.read()
	synctest.Wait()
	return &halfClient{c, side}
}
