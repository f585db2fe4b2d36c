// Package presence keeps what is known of one peer on the robot: does the
// router say that it is subscribed, does it answer when it is asked, and when
// it is to be asked again. What a question is, and whom an answer is for,
// differs from backend to backend and is theirs.
package presence

import (
	"log/slog"
	"time"

	"rawtcpcom/relay/state"
)

// Timing of questions and probes.
const (
	AnswerTime     = 3 * time.Second  // for the answer; a live peer takes milliseconds
	probeAfter     = 10 * time.Second // without a sign of life,
	probeAfterSend = 2 * time.Second  // or without one since something was published to it
	RetryLeast     = time.Second      // between questions to a peer that does not answer,
	RetryMost      = 5 * time.Second  // doubling to this
	Never          = time.Hour
)

// YesNo is what the router says of a topic's subscribers.
type YesNo int

const (
	DontKnow YesNo = iota
	Yes
	No
)

// Peer is one peer. The zero value, with the first four fields set, is one that
// nothing is known of. It is not safe for concurrent use.
type Peer struct {
	Name         string
	Unsubscribed string // the reason for its absence where nobody is subscribed
	Deaf         string // the same where it does not answer
	Since        time.Time

	State  state.DriverState // as Update worked it out last
	Reason string            // why it is absent

	Subscribed YesNo  // does the router say that it is there?
	Looked     bool   // the router has been asked in this session
	Silent     bool   // it has left a question unanswered
	Doubt      bool   // it may have gone, or been replaced: commands wait
	Asking     string // whose question is outstanding; empty for none

	askedAt time.Time // since when
	misses  int       // questions unanswered in a row
	retryAt time.Time // not to be asked again before
	heard   time.Time // the last sign of life
	spoken  time.Time // when something was first published to it since
}

// Reset forgets what holds for one session only.
func (p *Peer) Reset() {
	p.Subscribed, p.Looked, p.Silent, p.Doubt = DontKnow, false, false, false
	p.Asking, p.misses, p.retryAt = "", 0, time.Time{}
	p.heard, p.spoken = time.Time{}, time.Time{}
}

// Ask notes that a question was put for who.
func (p *Peer) Ask(who string, now time.Time) { p.Asking, p.askedAt = who, now }

// Outstanding is how long an answer is still waited for; it is not above zero
// where that time is over.
func (p *Peer) Outstanding(now time.Time) time.Duration {
	return p.askedAt.Add(AnswerTime).Sub(now)
}

// Answered notes that the outstanding question was answered.
func (p *Peer) Answered() { p.Asking, p.misses = "", 0 }

// Unanswered notes that a question got no answer in time, and returns whether
// the peer counts as silent for it. A first miss after signs of life is only
// asked again, since a busy peer may be late.
func (p *Peer) Unanswered(now time.Time, knownBefore bool) bool {
	p.Asking = ""
	p.misses++
	if p.misses == 1 && knownBefore && p.State == state.DriverPresent && !p.Silent {
		return false
	}
	p.RetryAfter(now, min(RetryLeast<<min(p.misses-1, 8), RetryMost))
	p.Silent, p.Doubt = true, false
	return true
}

// RetryAfter puts the next question off.
func (p *Peer) RetryAfter(now time.Time, wait time.Duration) { p.retryAt = now.Add(wait) }

// RetryNow takes that back.
func (p *Peer) RetryNow() { p.retryAt = time.Time{} }

// UntilRetry is how long the next question is put off; not above zero where it
// is not.
func (p *Peer) UntilRetry(now time.Time) time.Duration { return p.retryAt.Sub(now) }

// Forget drops what was asked of a peer that has gone.
func (p *Peer) Forget() { p.Doubt, p.Silent, p.Asking, p.misses = false, false, "", 0 }

// Heard notes a sign of life.
func (p *Peer) Heard(now time.Time) { p.heard, p.Silent = now, false }

// Spoken notes that something is published to it.
func (p *Peer) Spoken() {
	if !p.spoken.After(p.heard) {
		p.spoken = time.Now()
	}
}

// UntilProbe is how long until the peer is to be asked whether it is still
// there, 0 for at once: where it has not answered to what was published to it,
// and with idle also where nothing was.
func (p *Peer) UntilProbe(now time.Time, idle bool) time.Duration {
	if p.Doubt || p.Silent {
		return 0
	}
	wait := probeAfterSend
	if idle {
		wait = p.heard.Add(probeAfter).Sub(now)
	}
	if p.spoken.After(p.heard) {
		wait = min(wait, p.spoken.Add(probeAfterSend).Sub(now))
	}
	return max(0, min(wait, probeAfterSend)) // a publish does not wake this, for speed
}

// Update works out whether the peer is there, and returns whether that has
// changed. joined says whether there is a session with the router.
func (p *Peer) Update(joined bool, log *slog.Logger) (changed bool) {
	was, reason := p.State, p.Reason
	p.State, p.Reason = p.current(joined)
	if p.State != was {
		p.Since = time.Now()
		log.Info("presence", "service", p.Name, "state", string(p.State), "reason", p.Reason)
	}
	return p.State != was || p.Reason != reason
}

func (p *Peer) current(joined bool) (s state.DriverState, reason string) {
	switch {
	case !joined:
		return state.DriverUnknown, ""
	case p.Subscribed == No:
		return state.DriverAbsent, p.Unsubscribed
	case p.Silent:
		return state.DriverAbsent, p.Deaf
	case p.Subscribed == Yes || !p.heard.IsZero():
		return state.DriverPresent, ""
	}
	return state.DriverUnknown, ""
}
