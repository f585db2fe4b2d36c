package hub_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/otone"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// otoneRobot is for a rig whose robot speaks otone.
var otoneRobot = settings{config: func(cfg *hub.Config) {
	cfg.Dialect, cfg.Backend = wire.OToneDialect, otone.New
}}

// say is what otone says of its board.
func (r *rig) say(line string) {
	r.event(wire.RobotToBrowser, fmt.Sprintf(`{"type": "smoothie", "data": {"string": %q}}`, line+"\r\n"))
}

// inOTone runs a test with two clients that otone has said it is ready to.
func inOTone(t *testing.T, test func(r *rig, a, b *client)) {
	inBubble(t, otoneRobot, func(r *rig) {
		r.Event(session.Event{Topic: wire.RobotReady, Argument: []byte("true"), Problem: errors.New("its argument is not a string")})
		synctest.Wait()
		test(r, r.ready(), r.ready())
	})
}

const (
	otoneHalt  = `{"type":"raw","data":"M112"}`
	otoneReset = `{"type":"raw","data":"M999"}`
	otoneMove  = `{"type":"move","data":{"x":1}}`
	otoneHome  = `{"type":"home","data":{"x":true}}`
)

func (c *client) wrote(lines ...string) {
	for _, line := range lines {
		c.write(line)
	}
	synctest.Wait()
}

// codes are those of the error lines since the last call.
func (c *client) codes() (codes []string) {
	for _, line := range c.take() {
		if m := parse(line); m.Type == "error" {
			codes = append(codes, m.Data.Message.Error.Code)
		}
	}
	return codes
}

func (r *rig) toOTone() (payloads []string) {
	for _, p := range r.router.published(wire.BrowserToRobot) {
		payloads = append(payloads, p.payload)
	}
	return payloads
}

func TestHaltedOToneIsSentNothingThatItDrops(t *testing.T) {
	inOTone(t, func(r *rig, halts, moves *client) {
		moves.take()
		halts.wrote(otoneHalt)
		r.say("--> M112")
		expect(t, "after the halt", r.halt(), "yes "+halts.id)
		moves.wrote(otoneMove, `{"type":"raw","data":"G0 X1"}`, `{"type":"speed","data":{"axis":"a","value":1}}`, `{"type":"home"}`, `{"type":"resumeJob"}`)
		expect(t, "refused", moves.codes(), []string{"robot_halted", "robot_halted", "robot_halted", "robot_halted", "robot_halted"})
		passes := []string{`{"type":"getCalibrations"}`, `{"type":"eraseJob"}`, `{"type":"stop"}`, `{"type":"raw","data":"M114"}`, `{"type":"connectPort","data":"/dev/ttyUSB0"}`, `{"type":"reboot"}`}
		moves.wrote(passes...)
		expect(t, "after what is no reset", r.halt(), "yes "+halts.id)
		moves.wrote(otoneReset, otoneMove, otoneHalt, otoneHome, otoneMove)
		expect(t, "after the homing", r.halt(), "no "+moves.id)
		expect(t, "refused", moves.codes(), []string(nil))
		expect(t, "published", r.toOTone(), append(append([]string{otoneHalt}, passes...), otoneReset, otoneMove, otoneHalt, otoneHome, otoneMove))
	})
}

// Each homing of somebody else begins with a halt and a reset: nobody is refused
// meanwhile. A halt that stays counts.
func TestOTonesHomingIsNoHalt(t *testing.T) {
	inOTone(t, func(r *rig, c, _ *client) {
		r.say("--> M112")
		r.after(1500 * time.Millisecond)
		c.wrote(otoneMove)
		r.say("--> M999")
		expect(t, "after a homing", r.halt(), "no another program")
		r.after(10 * time.Second)
		expect(t, "later", r.halt(), "no another program")
		r.say("--> M112")
		r.after(5 * time.Second)
		expect(t, "after a halt that stays", r.halt(), "yes another program")
		c.take()
		c.wrote(otoneMove)
		expect(t, "refused", c.codes(), []string{"robot_halted"})
		r.say("--> M999")
		expect(t, "after its reset", r.halt(), "no another program")
		expect(t, "published", r.toOTone(), []string{otoneMove})
	})
}

// What the robot tells of an older reset does not undo a halt on its way.
func TestOTonesHaltAndResetCross(t *testing.T) {
	inOTone(t, func(r *rig, c, _ *client) {
		c.wrote(otoneHome, otoneHalt)
		r.say("--> M112")
		r.say("--> M999")
		expect(t, "the homing's", r.halt(), "yes "+c.id)
		r.say("--> M112")
		r.after(5 * time.Second)
		expect(t, "the halt's own", r.halt(), "yes "+c.id)
	})
	t.Run("a motion", func(t *testing.T) {
		inOTone(t, func(r *rig, _, _ *client) {
			r.say(`{"stat":0}`)
			expect(t, "ready", r.halt(), "unknown")
			r.say(`{"stat":1}`)
			expect(t, "moving", r.halt(), "no")
		})
	})
}

// Somebody homes at the robot's own front end soon after a client's halt. What the robot
// tells of it looks like a homing from before the halt, which is still to come: the halt
// stands, until the client resets it, or a later reset is told. It is never taken for
// ended while it may be in force.
func TestOTonesHomingElsewhereSoonAfterAHalt(t *testing.T) {
	for after, want := range map[time.Duration]string{2 * time.Second: "yes ", 6 * time.Second: "no another program"} {
		t.Run(after.String(), func(t *testing.T) {
			inOTone(t, func(r *rig, c, _ *client) {
				if want == "yes " {
					want += c.id
				}
				c.wrote(otoneHalt)
				r.say("--> M112")
				r.after(after)
				r.say("--> M112")
				r.after(200 * time.Millisecond)
				r.say("--> M999")
				expect(t, "after the homing", r.halt(), want)
				r.after(time.Minute)
				expect(t, "much later", r.halt(), want)
				c.take()
				c.wrote(otoneReset, otoneMove)
				expect(t, "refused after the reset", c.codes(), []string(nil))
			})
		})
	}
}
