package search

import (
	"context"
	"fmt"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/wire"
)

// dialects are what a robot may speak.
var dialects = []wire.Dialect{wire.DriverDialect, wire.OToneDialect}

// caller is the part of a session that a question needs.
type caller interface {
	Call(ctx context.Context, procedure string, args ...any) (wamp.List, error)
}

// robot asks a router whose robot is there: the one whose topics are all
// subscribed to.
func robot(ctx context.Context, s caller, realm string) (dialect, text string) {
	told := false
	for _, d := range dialects {
		there := true
		for _, topic := range d.RobotTopics {
			subscribed, err := subscribers(ctx, s, topic)
			if err != nil {
				there = false
				break
			}
			told = true
			there = there && subscribed
		}
		if there {
			return d.Name, fmt.Sprintf("a robot with the software %s (%s)", d.Name, d.About)
		}
	}
	if !told {
		return "", fmt.Sprintf("a WAMP router with the realm %s that does not tell whether a robot is there", realm)
	}
	return "", fmt.Sprintf("a WAMP router with the realm %s, and no robot is there now", realm)
}

// subscribers reports whether anybody is subscribed to a topic. The answer for
// nobody is 0 with nexus, and null with crossbar.io.
func subscribers(ctx context.Context, s caller, topic string) (bool, error) {
	answer, err := s.Call(ctx, string(wamp.MetaProcSubLookup), topic)
	if err != nil {
		return false, err
	}
	if len(answer) == 0 {
		return false, fmt.Errorf("the router answered with nothing")
	}
	id, isNumber := wamp.AsInt64(answer[0])
	return isNumber && id != 0, nil
}
