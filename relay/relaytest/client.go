package relaytest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// Client is a TCP client of the relay. It is not safe for concurrent use,
// except that one goroutine may send while another reads.
type Client struct {
	Patience time.Duration // with each line

	ID         string // told by the relay, see Start
	Terminator string // ends each line from the relay
	Conn       *net.TCPConn
	// Beside are the lines that told it that others command the robot too. They are
	// passed over otherwise, as a lab's programs do.
	Beside []string

	t testing.TB
	r *bufio.Reader
}

// Dial connects a client and reads nothing yet.
func (r *Relay) Dial() *Client {
	r.t.Helper()
	return DialFrom(r.t, "", r.Addr)
}

// DialFrom connects a client to an address, from an address of this machine
// unless that is empty.
func DialFrom(t testing.TB, local, addr string) *Client {
	t.Helper()
	dialer := net.Dialer{Timeout: Patience}
	if local != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(local)}
	}
	conn, err := dialer.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return NewClient(t, conn)
}

// NewClient makes a client of a TCP connection. It is closed with the test.
func NewClient(t testing.TB, conn net.Conn) *Client {
	c := &Client{Terminator: "\n\r", Conn: conn.(*net.TCPConn), Patience: Patience, t: t, r: bufio.NewReader(conn)}
	t.Cleanup(c.Close)
	return c
}

// Connect connects a client and reads its handshake to the end.
func (r *Relay) Connect() *Client {
	r.t.Helper()
	c := r.Dial()
	c.Start()
	c.Handshake()
	return c
}

// Start reads the first line, which tells the client its id.
func (c *Client) Start() {
	c.t.Helper()
	if err := c.TryStart(); err != nil {
		c.t.Fatal(err)
	}
}

// TryStart is Start where no relay may be there.
func (c *Client) TryStart() error {
	line, err := c.line()
	if err != nil {
		return fmt.Errorf("waiting for the first line: %w; so far %q", err, line)
	}
	m, err := ParseMessage(line)
	if err != nil {
		return err
	}
	if !m.IsNotice() || string(m.Body) != `{"Start-up": "initalized"}` || m.To == "" {
		return fmt.Errorf("the first line is %s", m.Line)
	}
	c.ID = m.To
	return nil
}

// Handshake reads how the handshake with the driver ends, which is to be well,
// and returns "success" or "already_connected" and the driver's id.
func (c *Client) Handshake() (result, driver string) {
	c.t.Helper()
	notice, raw := c.Next(), c.Next()
	result = notice.Result()
	if !notice.IsNotice() || raw.Type != "handshake" || raw.Result() != result || raw.To != c.ID {
		c.t.Fatalf("instead of a handshake:\n%s\n%s", notice.Line, raw.Line)
	}
	switch result {
	case "success":
		if ids := c.Next(); ids.Type != "handshake" || !strings.Contains(string(ids.Body), `"ids"`) {
			c.t.Fatalf("instead of the list of ids: %s", ids.Line)
		}
	case "already_connected":
	default:
		c.t.Fatalf("the handshake ended with %q: %s", result, raw.Line)
	}
	return result, raw.From
}

// Write sends bytes as they are, in one packet if they are few.
func (c *Client) Write(text string) {
	c.t.Helper()
	if err := c.write(text); err != nil {
		c.t.Fatal(err)
	}
}

func (c *Client) write(text string) error {
	_ = c.Conn.SetWriteDeadline(time.Now().Add(c.Patience))
	_, err := io.WriteString(c.Conn, text)
	return err
}

// Send sends messages, each ended by \n\r.
func (c *Client) Send(messages ...string) {
	c.t.Helper()
	c.Write(strings.Join(messages, "\n\r") + "\n\r")
}

// Command is a command for the board, in the flat form.
func Command(name, param string) string {
	return fmt.Sprintf(`{"topic": "driver", "type": "command", "name": "smoothie", "message": %q, "param": %s}`, name, param)
}

// Meta is a meta command for the driver, in the flat form.
func Meta(name, param string) string {
	return fmt.Sprintf(`{"topic": "driver", "type": "meta", "name": "smoothie", "message": %q, "param": %s}`, name, param)
}

// Line reads the next line, without its terminator.
func (c *Client) Line() string {
	c.t.Helper()
	line, err := c.line()
	if err != nil {
		c.t.Fatalf("waiting for a line: %v; so far %q", err, line)
	}
	return line
}

// ReadLine is Line for a goroutine that must not end the test.
func (c *Client) ReadLine() (string, error) { return c.line() }

func (c *Client) line() (string, error) {
	_ = c.Conn.SetReadDeadline(time.Now().Add(c.Patience))
	last := c.Terminator[len(c.Terminator)-1]
	var line []byte
	for {
		part, err := c.r.ReadSlice(last)
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err != nil:
			return string(line), err
		case strings.HasSuffix(string(line), c.Terminator):
			text := string(line[:len(line)-len(c.Terminator)])
			if !strings.Contains(text, `"message": {"also_commands": `) {
				return text, nil
			}
			c.Beside = append(c.Beside, text)
			line = nil
		}
	}
}

// Next reads the next line, which is to be a message. Like the clients of 2016,
// it passes over what only says why the handshake does not come: on a slow
// machine that comes anywhere. ExpectWaits is for whom that is the matter.
func (c *Client) Next() Message {
	c.t.Helper()
	for {
		if m := c.next(); m.Waits() == (Waits{}) {
			return m
		}
	}
}

func (c *Client) next() Message {
	c.t.Helper()
	m, err := ParseMessage(c.Line())
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

// ExpectWaits reads the next line, which is to say why the handshake does not
// come, with that code.
func (c *Client) ExpectWaits(code string) Waits {
	c.t.Helper()
	m := c.next()
	if w := m.Waits(); !m.IsNotice() || w.Code != code {
		c.t.Fatalf("instead of why the handshake does not come, %s: %s", code, m.Line)
	}
	return m.Waits()
}

// Expect reads the next line, which is to hold all of the texts.
func (c *Client) Expect(texts ...string) Message {
	c.t.Helper()
	m := c.Next()
	for _, text := range texts {
		if !strings.Contains(m.Line, text) {
			c.t.Fatalf("not %q: %s", text, m.Line)
		}
	}
	return m
}

// ExpectError reads the next line, which is to be an error with that code.
func (c *Client) ExpectError(code string) Error {
	c.t.Helper()
	m := c.Next()
	if m.Type != "error" || m.Error().Code != code {
		c.t.Fatalf("instead of the error %s: %s", code, m.Line)
	}
	return m.Error()
}

// Until reads on until a line holds the text, and returns the lines before it.
func (c *Client) Until(text string) (before []Message) {
	c.t.Helper()
	for {
		m := c.Next()
		if strings.Contains(m.Line, text) {
			return before
		}
		before = append(before, m)
	}
}

// Fence asks the driver something with exactly one answer and reads that,
// which shows that no other line was on its way.
func (c *Client) Fence() {
	c.t.Helper()
	c.Send(Meta("meta_commands", "null"))
	if m := c.Next(); !strings.Contains(string(m.Body), `"meta_commands"`) {
		c.t.Fatalf("a line too many: %s", m.Line)
	}
}

// Home sends a command and reads all that the robot says to it, which moves at
// once.
func (c *Client) Home() {
	c.t.Helper()
	c.Send(Command("home", `{"X": "true"}`))
	c.Expect(`"type": "queue"`, `"empty"`)
	c.Expect(`"stat": 0`)
	c.Expect(`"type": "queue"`, `"empty"`)
}

// ExpectClosed reads until the relay has closed the connection, which is to be
// at once, and in good order.
func (c *Client) ExpectClosed() {
	c.t.Helper()
	line, err := c.line()
	if !errors.Is(err, io.EOF) || line != "" {
		c.t.Fatalf("instead of the end: %q, %v", line, err)
	}
}

// Close closes the connection. It may be called again.
func (c *Client) Close() { _ = c.Conn.Close() }
