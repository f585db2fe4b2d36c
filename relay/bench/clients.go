package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/wamp"
	"github.com/google/uuid"

	"rawtcpcom/relay/wire"
)

// patience is how long an answer may take.
const patience = 20 * time.Second

// caller is one client: it sends a message and hears its answer.
type caller interface {
	send() error
	answer() error
	close()
}

// command is the data of a command of that size in bytes.
func command(size int) []byte {
	const head, end = `{"name":"smoothie","message":{"move_to":{"X":100.25,"Y":50,"":"`, `"}}}`
	return []byte(head + strings.Repeat("x", max(0, size-len(head)-len(end))) + end)
}

// straight is a WAMP client of its own, on nexus' client.
type straight struct {
	c            *client.Client
	id           string
	data         []byte
	acknowledged bool
	pipelined    bool // an acknowledged publish does not wait for the last
	answers      chan struct{}
	failed       chan error
}

func newStraight(url string, size int, acknowledged, pipelined bool) (*straight, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := join(ctx, url)
	if err != nil {
		return nil, err
	}
	s := &straight{
		c: c, id: uuid.NewString(), data: command(size), acknowledged: acknowledged, pipelined: pipelined,
		answers: make(chan struct{}, 4096), failed: make(chan error, 1),
	}
	err = c.Subscribe(wire.PrivateTopic(s.id), func(*wamp.Event) { s.answers <- struct{}{} }, nil)
	if err != nil {
		c.Close()
		return nil, err
	}
	return s, nil
}

func (s *straight) send() error {
	payload := wire.AppendEnvelope(make([]byte, 0, len(s.data)+300), time.Now(), `"command"`, "echo", s.id, s.id, s.data)
	if !s.acknowledged {
		return publish(s.c, wire.Driver.Topic(), payload, nil)
	}
	acknowledged := wamp.Dict{wamp.OptAcknowledge: true}
	if !s.pipelined {
		return publish(s.c, wire.Driver.Topic(), payload, acknowledged)
	}
	go func() {
		if err := publish(s.c, wire.Driver.Topic(), payload, acknowledged); err != nil {
			select {
			case s.failed <- err:
			default:
			}
		}
	}()
	return nil
}

func (s *straight) answer() error {
	select {
	case <-s.answers:
		return nil
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-s.answers:
		return nil
	case err := <-s.failed:
		return err
	case <-timer.C:
		return errors.New("straight: no answer")
	}
}

func (s *straight) close() { s.c.Close() }

// relayed is a TCP client of the relay.
type relayed struct {
	conn    net.Conn
	r       *bufio.Reader
	message []byte
}

func newRelayed(addr string, size int) (*relayed, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	message := append([]byte(`{"topic":"driver","type":"command","data":`), command(size)...)
	c := &relayed{conn: conn, r: bufio.NewReaderSize(conn, 64<<10), message: append(message, "}\n\r"...)}
	for {
		line, err := c.line()
		switch {
		case err != nil:
			conn.Close()
			return nil, fmt.Errorf("waiting for the handshake: %w", err)
		case bytes.Contains(line, []byte(`"type": "handshake"`)):
			return c, nil
		}
	}
}

func (c *relayed) send() error {
	_, err := c.conn.Write(c.message)
	return err
}

// line reads one line, the next one's buffer.
func (c *relayed) line() ([]byte, error) {
	if err := c.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	var head []byte
	for {
		part, err := c.r.ReadSlice('\r')
		if head == nil {
			head = part
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return head, err
		}
	}
}

func (c *relayed) answer() error {
	line, err := c.line()
	if err == nil && bytes.Contains(line[:min(len(line), 80)], []byte(`"type": "TCP handshake"`)) {
		line, err = c.line() // the relay has told once that others command the robot too
	}
	if err == nil && bytes.Contains(line[:min(len(line), 80)], []byte(`"type": "error"`)) {
		err = fmt.Errorf("the relay says %s", line)
	}
	return err
}

func (c *relayed) close() { c.conn.Close() }
