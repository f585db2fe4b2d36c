package faults_test

import (
	"context"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	. "rawtcpcom/relay/relaytest"
)

// disturbHard is disturb for what lasts: a cable that is out, a router that has
// frozen, and floods. One comes every ten seconds or so, so that messages go through in
// between. The driver is disturb's alone.
func disturbHard(ctx context.Context, random *rand.Rand, relay *Relay, proxy *Proxy, cable *wire) {
	for ctx.Err() == nil {
		pause(ctx, time.Duration(random.IntN(10_000))*time.Millisecond)
		length := time.Duration(random.IntN(5_000)) * time.Millisecond
		switch random.IntN(4) {
		case 0:
			cable.pull()
			pause(ctx, 4*length) // the session may live through it, or not
			cable.plug()
		case 1:
			proxy.Up.Hold()
			proxy.Down.Hold()
			pause(ctx, 4*length)
			proxy.Up.Release()
			proxy.Down.Release()
		case 2:
			flood(ctx, relay, length, `{"topic":"driver","type":"command","data":{"name":"smoothie","message":{"halt":"`+strings.Repeat("x", 1<<20)+`"}}}`+"\n")
		case 3:
			flood(ctx, relay, length, "{\n")
		}
	}
}

// flood writes text again and again, on one connection after the other where
// the relay closes them.
func flood(ctx context.Context, relay *Relay, length time.Duration, text string) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var readers sync.WaitGroup
	defer readers.Wait()
	for ctx.Err() == nil {
		c := relay.Dial()
		readers.Go(func() { _, _ = io.Copy(io.Discard, c.Conn) })
		stop := context.AfterFunc(ctx, func() { c.Close() })
		for {
			if _, err := io.WriteString(c.Conn, text); err != nil {
				break
			}
		}
		stop()
		c.Close()
	}
}
