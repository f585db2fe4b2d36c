package floods_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "rawtcpcom/relay/relaytest"
)

// A flood is run by four clients that the robot's driver knows, as many as the
// relay has ids for; what they write again and again is its messages, in turn.
type flood struct {
	name     string
	messages []string
	deaf     int // so many of them do not read what they are sent
	// strangers are further connections, as many as the relay takes.
	strangers func(*attack)
}

const mega = 1_000_000

func large(fill string) string { return strings.Repeat(fill, mega/len(fill)) }

var (
	largeStop  = Command("halt", `"`+large("x")+`"`)
	smallStops = strings.Repeat(Command("halt", "null")+"\n", 100)
	largeType  = strings.Replace(Command("home", "null"), `"command"`, `"`+large("x")+`"`, 1)
	largeData  = Command("home", `"`+large("x")+`"`)
	quotes     = Command("home", `"`+large(`\"`)+`"`) // twice as large once it is escaped
	names      = `{"topic":"driver","type":"command","data":{"name":"smoothie","message":{` + manyNames() + `}}}`
	smallData  = strings.Repeat(Command("move_to", `{"X":100,"Y":50}`)+"\n", 100)
	rubbish    = strings.Repeat("no message\n{no json}\n", 100)
	largeLine  = large("x")
	cutShort   = largeData[:len(largeData)-1]
	halfFrame  = []string{cutShort[:mega-1000]}
	stray      = strings.Replace(largeData, `"driver"`, `"frontend"`, 1) // needs no handshake
)

func manyNames() string {
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, `"%d":0,`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

var floods = []flood{
	{name: "1 MB stops", messages: []string{largeStop}},
	{name: "small stops", messages: []string{smallStops}},
	{name: "1 MB types", messages: []string{largeType}},
	{name: "1 MB data", messages: []string{largeData}},
	{name: "1 MB of quotes", messages: []string{quotes}},
	{name: "1 MB of names", messages: []string{names}},
	{name: "small data", messages: []string{smallData}},
	{name: "rubbish, read", messages: []string{rubbish, largeLine, cutShort}},
	{name: "rubbish, not read", messages: []string{rubbish, largeLine, cutShort}, deaf: 4},
	{name: "half frames on all connections", messages: halfFrame, strangers: halfFrames},
	{name: "connect storm", strangers: storm},
	{name: "come, send 1 MB and go", strangers: comeAndGo},
	{name: "slow readers", deaf: 4, strangers: talk},
	{name: "all of it", messages: []string{largeStop, smallStops, largeType, largeData, quotes, names, smallData, rubbish, largeLine, cutShort}, deaf: 2, strangers: func(a *attack) {
		for _, part := range []func(*attack){halfFrames, storm, comeAndGo, talk} {
			a.running.Go(func() { part(a) })
		}
	}},
}

// attack is a flood under way.
type attack struct {
	ctx     context.Context
	addr    string
	rig     *Rig
	ids     []string // of the clients that flood
	running sync.WaitGroup
	written atomic.Int64
	local   atomic.Int32 // the last address of this machine that was dialled from
}

// flood writes the messages until the attack is over, on the connection and,
// whenever that is closed, on another.
func (a *attack) flood(conn net.Conn, messages []string, deaf bool, random *rand.Rand) {
	a.floodOne(conn, messages, deaf, random)
	every(a.ctx, 20*time.Millisecond, func() {
		if conn := a.dial(); conn != nil {
			a.floodOne(conn, messages, deaf, random)
		}
	})
}

// floodOne returns when the connection is closed.
func (a *attack) floodOne(conn net.Conn, messages []string, deaf bool, random *rand.Rand) {
	defer conn.Close()
	stop := context.AfterFunc(a.ctx, func() { conn.Close() })
	defer stop()
	if !deaf {
		var reading sync.WaitGroup
		defer reading.Wait()
		defer conn.Close()
		reading.Go(func() { _, _ = io.Copy(io.Discard, conn) })
	}
	for len(messages) > 0 {
		if err := a.write(conn, messages[random.IntN(len(messages))]+"\n"); err != nil {
			return
		}
	}
	<-a.ctx.Done()
}

func (a *attack) write(conn net.Conn, text string) error {
	n, err := io.WriteString(conn, text)
	a.written.Add(int64(n))
	return err
}

// dial connects from an address of its own, so that the bound for one address
// is not what is tested; nil where the relay does not take the connection.
func (a *attack) dial() net.Conn {
	n := a.local.Add(1)
	dialer := net.Dialer{Timeout: time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(n>>8), byte(n))}}
	conn, err := dialer.DialContext(a.ctx, "tcp", a.addr)
	if err != nil {
		return nil
	}
	return conn
}

// halfFrames opens as many connections as the relay takes, and more, and leaves
// a message unfinished on each.
func halfFrames(a *attack) {
	for i := range 80 {
		if conn := a.dial(); conn != nil {
			a.running.Go(func() { a.floodOne(conn, halfFrame, false, rand.New(rand.NewPCG(2, uint64(i)))) })
		}
	}
}

// storm connects three hundred times a second, says something and leaves.
func storm(a *attack) {
	every(a.ctx, time.Second/300, func() {
		a.running.Go(func() {
			conn := a.dial()
			if conn == nil {
				return
			}
			defer conn.Close()
			_ = a.write(conn, smallStops) // it may be closed already
		})
	})
}

// comeAndGo has clients that leave as soon as they have sent what is large.
func comeAndGo(a *attack) {
	for range 4 {
		a.running.Go(func() {
			every(a.ctx, 20*time.Millisecond, func() {
				conn := a.dial()
				if conn == nil {
					return
				}
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(time.Second))
				_ = a.write(conn, stray) // it may be closed already
			})
		})
	}
}

// talk has the robot say more than is taken to each client that floods.
func talk(a *attack) {
	every(a.ctx, 10*time.Millisecond, func() {
		for _, id := range a.ids {
			line := fmt.Sprintf(`{"type": "driver", "to": %q, "from": %q, "data": {"name": "smoothie", "message": {"x": %q}}}`, id, a.rig.Robot.ID(), largeLine[:64<<10])
			_ = a.rig.Robot.Publish("com.opentrons."+id, line) // the router may be full
		}
	})
}

func every(ctx context.Context, pause time.Duration, f func()) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f()
		}
	}
}
