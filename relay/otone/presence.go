package otone

import (
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// notReady is why the robot counts as absent while it answers.
const notReady = "it says that it is not ready (robot_ready is false); wait, or restart the robot"

// knownReady reports whether the robot is known to be there and ready.
func (b *Backend) knownReady() bool {
	return b.answers > 0 && (b.robot.Word() == presence.Yes || b.answers > 1) && b.robot.There()
}

// Seen takes what was seen on the router. Somebody who has come or gone has
// commands wait for the look that follows.
func (b *Backend) Seen(sight hub.Sight) {
	switch sight.Kind {
	case hub.Began, hub.Ended:
		b.reset(sight.Kind == hub.Began)
	case hub.Moved:
		b.robot.Doubt()
	case hub.Looked:
		b.looked(sight)
	}
}

// reset forgets what holds for one session only.
func (b *Backend) reset(joined bool) {
	b.robot.Reset(joined)
	b.halted.Forget()
	b.subscription = 0
	b.forgetBoard()
	b.shakeAgain()
	b.refresh()
}

// looked takes what a look found. Where another subscription than before has the
// robot's topic, all had left it: the robot's software was started anew.
func (b *Backend) looked(sight hub.Sight) {
	before := b.subscription
	b.subscription = sight.Subscription
	b.robot.SeeInstead(sight.Speaks)
	b.robot.See(sight.There, sight.There == presence.Yes || b.answers == 0) // otherwise a question tells
	switch {
	case sight.There == presence.No:
		b.forgetBoard()
		b.halted.Forget()
		b.shakeAgain()
	case sight.There == presence.Yes && before != 0 && before != sight.Subscription:
		b.startedAnew()
	}
	b.refresh()
}

// alive notes a sign of life.
func (b *Backend) alive() {
	changed := b.robot.Heard(time.Now())
	b.desk.Heard()
	if changed {
		b.refresh()
	}
}

// startedAnew makes the handshakes due again. What a client meant for the robot
// before is not for this one, which does not know where its axes are.
func (b *Backend) startedAnew() {
	b.desk.Log().Warn("the robot's software was started anew; every client is told again when it is ready")
	b.desk.Replaced(false)
	b.halted.Forget()
	b.robot.Withdraw() // what was asked was asked of the one before
	b.robot.RetryNow()
	b.forgetBoard()
	e := &wire.Error{Code: wire.DriverAbsent, Text: "the robot's software was started anew and does not know where the robot stands; not sent, home before you move"}
	for _, c := range b.clients {
		if c.shaken {
			b.desk.Refuse(c.Client, e, nil)
		}
	}
	b.shakeAgain()
}

// shakeAgain makes every client wait for the robot's word.
func (b *Backend) shakeAgain() {
	b.answers = 0
	for _, c := range b.clients {
		c.handshake = state.HandshakePending
	}
}

// Step does what is due.
func (b *Backend) Step(now time.Time) time.Duration {
	return min(b.stepHalt(now), b.askWhereDue(now))
}

// askWhereDue asks the robot whether it is there.
func (b *Backend) askWhereDue(now time.Time) time.Duration {
	if b.robot.Asking() != "" {
		if wait := b.robot.Outstanding(now); wait > 0 {
			return wait
		}
		b.unanswered(now)
	}
	if at, yes := b.robot.At(), b.robot.Word() == presence.Yes; !b.robot.Looked() || at == presence.Gone || at == presence.Doubted && yes {
		return presence.Never // the next look decides
	}
	if wait := b.robot.UntilRetry(now); wait > 0 {
		return wait
	}
	if b.knownReady() {
		if wait := b.untilBoard(now, b.robot.UntilProbe(now, b.robot.Word() != presence.Yes)); wait > 0 {
			return wait
		}
	}
	b.robot.Ask(wire.BrowserReady, now)
	b.board.asked, b.board.taken = b.board.taken, nil
	if err := b.desk.PublishJSON(wire.BrowserReady, []byte("true"), "browser_ready"); err != nil {
		b.robot.Withdraw() // the session has ended, and the hub will hear of it
	}
	return presence.AnswerTime
}

func (b *Backend) unanswered(now time.Time) {
	b.board.asked = nil // who sent them is told that they may be lost
	if b.robot.Unanswered(now, b.answers > 0) {
		b.shakeAgain()
		b.refresh()
	}
}

// ready takes the robot's word that it is. Where nobody has asked, the robot
// joins, or it answers a browser: that is a sign of life of a robot that is
// known to be there, and a reason to ask any other.
func (b *Backend) ready() {
	switch {
	case b.robot.At() == presence.Apart:
		return // between two sessions; the next one asks anew
	case b.robot.Asking() != "":
		b.robot.Answered(time.Now(), b.robot.Word() != presence.Yes) // otherwise the look that follows tells
		b.desk.Heard()
		b.robot.RetryNow()
		b.answers++
		b.boardAnswered()
		b.refresh()
	case b.knownReady():
		b.alive()
	default:
		b.robot.RetryNow()
	}
	b.changed()
}

// unready takes its word that it is not. It is asked again.
func (b *Backend) unready() {
	if b.robot.At() == presence.Apart {
		return
	}
	b.alive()
	b.robot.NotReady(time.Now(), notReady)
	b.shakeAgain()
	b.refresh()
}

// conclude tells a client that the robot is there for it.
func (b *Backend) conclude(c *client) {
	c.handshake = state.HandshakeSuccess
	c.shaken = true
	b.desk.Tell(c.Client, wire.AppendNotice(nil, time.Now(), c.ID, wire.Success))
	b.desk.Log().Info("handshake", "service", string(wire.OTone), "client", c.ID, "result", string(state.HandshakeSuccess))
}

// refresh works out whether the robot is there, and tells clients that waited for
// it.
func (b *Backend) refresh() {
	b.robot.Update(b.desk.Log())
	for _, c := range b.clients {
		if b.knownReady() && !c.handshake.Done() {
			b.conclude(c)
		}
	}
}
