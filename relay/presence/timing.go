package presence

import "time"

// Timing of questions and probes.
const (
	AnswerTime = 3 * time.Second        // for the answer; a live peer takes milliseconds
	probeAfter = 10 * time.Second       // without a sign of life,
	askAfter   = 250 * time.Millisecond // or without one since something was published to it
	// QuietAfter is how long a peer may owe a sign of life. The question is on
	// its way by then, so that one that is there, and only has nothing to say, is
	// never quiet.
	QuietAfter = 500 * time.Millisecond
	RetryLeast = time.Second     // between questions to a peer that does not answer,
	RetryMost  = 5 * time.Second // doubling to this
	Never      = time.Hour
)

// timing is when a peer was asked and heard, in one session.
type timing struct {
	asking    string    // whose question is outstanding; empty for none
	askedAt   time.Time // since when
	misses    int       // questions unanswered in a row
	retryAt   time.Time // not to be asked again before
	heard     time.Time // the last sign of life
	owed      bool      // something was published to it since,
	spoken    time.Time // first at this time
	scheduled bool      // UntilProbe is called soon, without Spoken saying so
	stirred   bool      // something was published to it since the last time
}

// Asking is for whom a question is outstanding, empty where none is.
func (t *timing) Asking() string { return t.asking }

// Ask notes that a question was put for who.
func (t *timing) Ask(who string, now time.Time) { t.asking, t.askedAt = who, now }

// Outstanding is how long an answer is still waited for; it is not above zero
// where that time is over.
func (t *timing) Outstanding(now time.Time) time.Duration {
	return t.askedAt.Add(AnswerTime).Sub(now)
}

// Withdraw drops the outstanding question: no answer is waited for.
func (t *timing) Withdraw() { t.asking, t.misses = "", 0 }

// RetryAfter puts the next question off.
func (t *timing) RetryAfter(now time.Time, wait time.Duration) { t.retryAt = now.Add(wait) }

// RetryNow takes that back.
func (t *timing) RetryNow() { t.retryAt = time.Time{} }

// UntilRetry is how long the next question is put off; not above zero where it
// is not.
func (t *timing) UntilRetry(now time.Time) time.Duration { return t.retryAt.Sub(now) }

// Spoken notes that something is published to it. UntilProbe is to be called soon
// then, but not for each message, for speed.
func (p *Peer) Spoken() {
	if !p.owed {
		p.owed, p.spoken = true, time.Now()
	}
	soon := !p.scheduled
	p.scheduled, p.stirred = true, true
	if soon {
		p.changed()
	}
}

// UntilProbe is how long until the peer is to be asked whether it is still
// there, 0 for at once: where it has not answered to what was published to it,
// and with idle also where nothing was.
func (p *Peer) UntilProbe(now time.Time, idle bool) time.Duration {
	p.tick(now)
	if p.at == Quiet || p.at == Doubted || p.at == Silent {
		return 0
	}
	wait := Never
	if idle {
		wait = p.heard.Add(probeAfter).Sub(now)
	}
	switch {
	case p.owed:
		wait = min(wait, p.spoken.Add(askAfter).Sub(now))
	case p.stirred:
		wait = min(wait, askAfter) // there may be more
	default:
		p.scheduled = false
	}
	p.stirred = false
	return max(0, wait)
}
