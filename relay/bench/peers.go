package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/procgroup"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/wire"
)

// realm is the robot's.
const realm = "ot_realm"

// beRouter is the router until the context ends. It prints its URL.
func beRouter(ctx context.Context) error {
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0", Realm: realm})
	if err != nil {
		return err
	}
	defer router.Close()
	fmt.Println(router.URL())
	<-ctx.Done()
	return nil
}

// beEcho is a driver that lets everybody in and sends each message back to
// whom it is from, as it came.
func beEcho(ctx context.Context, url string) error {
	c, err := join(ctx, url)
	if err != nil {
		return err
	}
	defer c.Close()
	known := map[string]bool{}
	shake := func(e *wamp.Event) {
		payload, _ := wamp.AsString(e.Arguments[0])
		var m struct{ From string }
		if json.Unmarshal([]byte(payload), &m) != nil || m.From == "" {
			return
		}
		topic, result := wire.Frontend, wire.Success
		if known[m.From] {
			topic, result = wire.PrivateTopic(m.From), wire.AlreadyConnected
		}
		known[m.From] = true
		result = strings.Replace(result, "TCP relay", "driver", 1)
		publish(c, topic, wire.AppendEnvelope(nil, time.Now(), `"handshake"`, m.From, "echo", m.From, []byte(result)), nil)
	}
	echo := func(e *wamp.Event) {
		payload, _ := wamp.AsString(e.Arguments[0])
		head := payload[:min(len(payload), 300)]
		if strings.Contains(head, `"sessionID": "`+wire.RelayID+`"`) {
			return // the relay's own question how the motor board stands: no client waits for its echo
		}
		_, rest, _ := strings.Cut(head, `"from": "`)
		from, _, ok := strings.Cut(rest, `"`)
		if ok {
			publish(c, wire.PrivateTopic(from), []byte(payload), nil)
		}
	}
	err = errors.Join(c.Subscribe(wire.Driver.HandshakeTopic(), shake, nil), c.Subscribe(wire.Driver.Topic(), echo, nil))
	if err != nil {
		return err
	}
	fmt.Println("ready")
	<-ctx.Done()
	return nil
}

func join(ctx context.Context, url string) (*client.Client, error) {
	return client.ConnectNet(ctx, url, client.Config{
		Realm: realm, Serialization: client.JSON, ResponseTimeout: 10 * time.Second, Logger: log.New(io.Discard, "", 0),
	})
}

func publish(c *client.Client, topic string, payload []byte, options wamp.Dict) error {
	return c.Publish(topic, options, wamp.List{string(payload)}, nil)
}

// peers are the processes around the clients.
type peers struct {
	router, echo  *process
	url           string
	relay, beside *relay // beside is nil unless there is one
}

// relay is a relay that runs.
type relay struct {
	*process
	addr, api string // host:port
	data      string // its folder
}

// startPeers starts what is around the clients, with a router of its own where
// there is no URL.
func startPeers(o options) (p *peers, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p = &peers{url: o.router}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.url == "" {
		if p.router, p.url, err = launch(regexp.MustCompile(`^(ws://\S+)`), self, "-part", "router"); err != nil {
			return nil, err
		}
	}
	if p.echo, _, err = launch(regexp.MustCompile(`^(ready)`), self, "-part", "echo", "-router", p.url); err != nil {
		return nil, err
	}
	if p.relay, err = startRelay(o.relay, p.url); err != nil {
		return nil, err
	}
	if o.beside != "" {
		p.beside, err = startRelay(o.beside, p.url)
	}
	return p, err
}

func startRelay(binary, url string) (r *relay, err error) {
	r = &relay{}
	if r.data, err = os.MkdirTemp("", "bench"); err != nil {
		return nil, err
	}
	var both string
	r.process, both, err = launch(regexp.MustCompile(`msg="relay starts".* (listen=\S+ http=\S+) `),
		binary, "-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-router", url, "-data", r.data, "-max-clients", "16")
	if err != nil {
		os.RemoveAll(r.data)
		return nil, err
	}
	_, err = fmt.Sscanf(strings.ReplaceAll(both, "=", " "), "listen %s http %s", &r.addr, &r.api)
	return r, err
}

func (r *relay) close() {
	r.stop()
	os.RemoveAll(r.data)
}

func (p *peers) close() {
	for _, r := range []*relay{p.beside, p.relay} {
		if r != nil {
			r.close()
		}
	}
	for _, x := range []*process{p.echo, p.router} {
		if x != nil {
			x.stop()
		}
	}
}

// process is a running peer.
type process struct {
	cmd   *exec.Cmd
	group *procgroup.Group
	read  chan struct{} // closed when its output has ended
}

// launch starts a program and waits for a line that matches; it returns the
// first group of that.
func launch(ready *regexp.Regexp, argv ...string) (p *process, match string, err error) {
	p = &process{cmd: exec.Command(argv[0], argv[1:]...), read: make(chan struct{})}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, "", err
	}
	p.cmd.Stdout, p.cmd.Stderr = in, in
	if p.group, err = procgroup.Start(p.cmd); err != nil {
		return nil, "", fmt.Errorf("%w; \"make build\" makes it", err)
	}
	in.Close()
	found := make(chan string, 1)
	go func() {
		defer close(p.read)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := ready.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case found <- m[1]:
				default:
				}
			}
		}
	}()
	select {
	case match = <-found:
		return p, match, nil
	case <-p.read:
		err = errors.New("it ended")
	case <-time.After(20 * time.Second):
		err = errors.New("it said nothing of it for 20 s")
	}
	p.stop()
	return nil, "", fmt.Errorf("waiting for %s to start: %w", strings.Join(argv, " "), err)
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	timer := time.AfterFunc(5*time.Second, p.group.Kill)
	defer timer.Stop()
	<-p.read
	p.group.Kill()
	_ = p.cmd.Wait()
}
