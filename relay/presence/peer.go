// Package presence keeps what is known of one peer on the robot: does the
// router say that it is subscribed, does it answer when it is asked, and when
// it is to be asked again. What a question is, and whom an answer is for,
// differs from backend to backend and is theirs.
//
//	states.go   the states of a peer and what leads from one to another
//	peer.go     what backends tell of it, and what they are told
//	timing.go   questions and probes
package presence

import (
	"fmt"
	"log/slog"
	"time"

	"rawtcpcom/relay/state"
)

// YesNo is what the router says of a topic's subscribers.
type YesNo int

const (
	DontKnow YesNo = iota
	Yes
	No
)

// Words are how people are told of a peer.
type Words struct {
	Name         string
	Unsubscribed string // the reason for its absence where nobody is subscribed
	Deaf         string // the same where it does not answer
}

// Peer is one peer. Make it with New. It is not safe for concurrent use.
type Peer struct {
	words   Words
	changed func()
	looked  bool // the router was asked whether it is there, in this session,
	looks   bool // which it is to be before anything counts

	at      State
	word    YesNo  // the router's
	speaks  string // the dialect of who is there instead, see SeeInstead
	silence string // why it is silent

	timing

	shown  state.RobotState // as Update told it last
	reason string           // why it is absent
	since  time.Time        // that it is shown so
}

// New is a peer that nothing is known of. looks says whether the router is asked
// about it at the start of each session. changed is called when another state may
// let messages pass or stop them, and when UntilProbe is to be called soon.
func New(words Words, looks bool, now time.Time, changed func()) Peer {
	return Peer{words: words, looks: looks, changed: changed, shown: state.RobotUnknown, since: now}
}

// At is the state that it is in.
func (p *Peer) At() State { return p.at }

// Word is what the router says of it.
func (p *Peer) Word() YesNo { return p.word }

// Looked reports whether the router has been asked in this session.
func (p *Peer) Looked() bool { return p.looked }

// Reset forgets what holds for one session only, since one has begun or ended.
func (p *Peer) Reset(isJoined bool) {
	p.word, p.looked, p.timing = DontKnow, false, timing{}
	if isJoined {
		p.happens(joined)
	} else {
		p.happens(lost)
	}
}

// There reports whether it is there for all that is known, be it quiet.
func (p *Peer) There() bool { return p.at == Present || p.at == Quiet }

// Waits reports whether what is to be published to it waits for a sign of life,
// or for it to be known whether it is still there and the same.
func (p *Peer) Waits() bool {
	if p.owed {
		p.tick(time.Now())
	}
	return p.at == Quiet || p.at == Doubted
}

// tick has it count as quiet once it has owed a sign of life for QuietAfter.
func (p *Peer) tick(now time.Time) {
	if p.owed && now.Sub(p.spoken) >= QuietAfter {
		p.happens(quiet)
	}
}

// Doubt notes that it may have gone, or been replaced.
func (p *Peer) Doubt() { p.happens(doubt) }

// See takes the router's word. endsDoubt says that this ends the doubt too, where
// it is not No; otherwise a question has to.
func (p *Peer) See(word YesNo, endsDoubt bool) {
	p.word, p.looked = word, true
	if word == No {
		p.happens(seenGone)
		p.Withdraw() // what was asked was asked of one that has gone
		return
	}
	if p.at == Gone {
		p.RetryNow()
	}
	if word == Yes {
		p.happens(seenThere)
	} else {
		p.happens(seenUntold)
	}
	if endsDoubt {
		p.happens(same)
	}
}

// SeeInstead takes which other dialect's robot the router says is there where this
// peer is not; empty for none. It comes before See.
func (p *Peer) SeeInstead(dialect string) { p.speaks = dialect }

// Heard notes a sign of life, and returns whether that changes its state.
func (p *Peer) Heard(now time.Time) (changed bool) {
	if p.at == Apart {
		return false
	}
	p.heard, p.owed = now, false
	e := heard
	if p.looks && !p.looked {
		e = early
	}
	if changed = p.happens(e); changed {
		p.RetryNow()
	}
	return changed
}

// Answered notes the answer to the outstanding question, which is a sign of life.
// endsDoubt says that this ends the doubt too; otherwise a look has to.
func (p *Peer) Answered(now time.Time, endsDoubt bool) {
	p.Withdraw()
	p.Heard(now)
	if endsDoubt {
		p.happens(same)
	}
}

// Unanswered notes that a question got no answer in time, and returns whether
// the peer counts as silent for it. A first miss after signs of life is only
// asked again, since a busy peer may be late, unless it owes one for something
// that was published to it.
func (p *Peer) Unanswered(now time.Time, knownBefore bool) bool {
	p.tick(now)
	p.asking = ""
	p.misses++
	if p.misses == 1 && knownBefore && (p.at == Present || p.at == Doubted) {
		return false
	}
	p.RetryAfter(now, min(RetryLeast<<min(p.misses-1, 8), RetryMost))
	p.happens(missed)
	p.silence = p.words.Deaf
	return true
}

// NotReady takes its word that it is not, and why people are to be told so.
func (p *Peer) NotReady(now time.Time, reason string) {
	p.Withdraw()
	p.happens(refused)
	p.silence = reason
	p.RetryAfter(now, RetryMost)
}

// Forgive ends the silence of a peer that is asked again only when somebody
// addresses it again.
func (p *Peer) Forgive() { p.happens(forgiven) }

// Update works out what people are told of it, and returns whether that has
// changed.
func (p *Peer) Update(log *slog.Logger) (changed bool) {
	was, reason := p.shown, p.reason
	switch p.at {
	case Apart, Unknown:
		p.shown, p.reason = state.RobotUnknown, ""
	case Present, Quiet, Doubted:
		p.shown, p.reason = state.RobotPresent, ""
	case Silent:
		p.shown, p.reason = state.RobotAbsent, p.silence
	case Gone:
		p.shown, p.reason = state.RobotAbsent, p.words.Unsubscribed
		if p.speaks != "" {
			p.reason = fmt.Sprintf("this robot speaks %[1]s: set the robot's software to %[1]s (-backend %[1]s)", p.speaks)
		}
	}
	if p.shown != was {
		p.since = time.Now()
		log.Info("presence", "service", p.words.Name, "state", string(p.shown), "reason", p.reason)
	}
	return p.shown != was || p.reason != reason
}

// Shown is what people are told of it: as Update worked it out last.
func (p *Peer) Shown() state.Robot {
	shown := state.Robot{Name: p.words.Name, State: p.shown, Since: p.since, Error: p.reason}
	if p.at == Gone {
		shown.Speaks = p.speaks
	}
	return shown
}
