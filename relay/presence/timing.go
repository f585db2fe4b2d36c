package presence

import "time"

// Timing of questions and probes.
const (
	AnswerTime     = 3 * time.Second  // for the answer; a live peer takes milliseconds
	probeAfter     = 10 * time.Second // without a sign of life,
	probeAfterSend = 2 * time.Second  // or without one since something was published to it
	RetryLeast     = time.Second      // between questions to a peer that does not answer,
	RetryMost      = 5 * time.Second  // doubling to this
	Never          = time.Hour
)

// timing is when a peer was asked and heard, in one session.
type timing struct {
	asking  string    // whose question is outstanding; empty for none
	askedAt time.Time // since when
	misses  int       // questions unanswered in a row
	retryAt time.Time // not to be asked again before
	heard   time.Time // the last sign of life
	spoken  time.Time // when something was first published to it since
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

// Spoken notes that something is published to it.
func (t *timing) Spoken() {
	if !t.spoken.After(t.heard) {
		t.spoken = time.Now()
	}
}

// UntilProbe is how long until the peer is to be asked whether it is still
// there, 0 for at once: where it has not answered to what was published to it,
// and with idle also where nothing was.
func (p *Peer) UntilProbe(now time.Time, idle bool) time.Duration {
	if p.at == Doubted || p.at == Silent {
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
