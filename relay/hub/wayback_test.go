package hub_test

import (
	"fmt"
	"testing"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/wire"
)

var checks = settings{config: func(cfg *hub.Config) { cfg.Rules = wire.Rules{CheckKnown: true} }}

func moveTo(command string, x int) string {
	return fmt.Sprintf(`{"topic":"driver","type":"command","name":"smoothie","message":%q,"param":{"X":%d}}`, command, x)
}

// Where the relay cannot hear what others send, it does not know which way an axis went.
func TestWayBackIsSentWhereOthersAreNotHeard(t *testing.T) {
	for heard, refused := range map[bool][]string{true: {"bad_argument move_to"}, false: nil} {
		t.Run(fmt.Sprint(heard), func(t *testing.T) {
			inBubble(t, checks, func(r *rig) {
				r.SetOthersHeard(heard)
				c := r.ready()
				c.write(moveTo("move", 100))
				r.event(wire.Frontend, `{"type": "driver", "to": "x", "from": "driver-1", "sessionID": "x", "data": {"name": "smoothie", "message": {"pos": {"X": 100.0}}}}`)
				r.event(wire.Frontend, `{"type": "driver", "to": "x", "from": "driver-1", "sessionID": "x", "data": {"name": "smoothie", "message": {"stat": 0}}}`)
				c.take()
				c.write(moveTo("move_to", 50))
				expect(t, "refused", c.errors(), refused)
			})
		})
	}
}
