package simulator

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestWedgedLink: when the router stops reading, a publish that waits and the
// robot itself can be ended, soon.
func TestWedgedLink(t *testing.T) {
	router := startRouter(t)
	link := startStallingProxy(t, router.Addr())
	robot, err := StartDriver(deadline(t), RobotConfig{URL: "ws://" + link.Addr().String() + "/ws"})
	if err != nil {
		t.Fatal(err)
	}
	defer robot.Close()
	link.stall()
	ended := make(chan error, 1)
	published := make(chan struct{}, 1000)
	go func() {
		big := strings.Repeat("x", 1<<20)
		for {
			if err := robot.Publish(frontendTopic, big); err != nil {
				ended <- err
				return
			}
			published <- struct{}{}
		}
	}()
	for range 256 { // more than any socket takes
		<-published
	}
	closed := time.Now()
	robot.Close()
	if took := time.Since(closed); took > 4*time.Second {
		t.Errorf("closing took %v", took)
	}
	if err := <-ended; !errors.Is(err, errLinkDown) {
		t.Errorf("publish ended with %v", err)
	}
}

// stallingProxy passes one connection on until it is stalled; then it reads no
// more, with the connection left open.
type stallingProxy struct {
	net.Listener
	stalled chan struct{}
	once    sync.Once
	wg      sync.WaitGroup
	mu      sync.Mutex
	conns   []net.Conn
}

func startStallingProxy(t *testing.T, to string) *stallingProxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &stallingProxy{Listener: l, stalled: make(chan struct{})}
	p.wg.Go(func() {
		from, err := l.Accept()
		if err != nil {
			return
		}
		up, err := net.Dial("tcp", to)
		if err != nil {
			from.Close()
			return
		}
		p.mu.Lock()
		p.conns = append(p.conns, from, up)
		p.mu.Unlock()
		p.wg.Go(func() { io.Copy(from, up) })
		buf := make([]byte, 4096)
		for {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			select {
			case <-p.stalled:
				return // what was read is lost: the link is wedged
			default:
				up.Write(buf[:n])
			}
		}
	})
	t.Cleanup(func() {
		p.stall()
		l.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		p.wg.Wait()
	})
	return p
}

func (p *stallingProxy) stall() { p.once.Do(func() { close(p.stalled) }) }
