package lamp

import "time"

// Step is one part of a pattern: lit or dark, for a time. A step of zero
// length lasts for ever.
type Step struct {
	Lit bool
	For time.Duration
}

// Pattern is how one lamp shines: its steps in turn, again and again, or once
// for a wink.
type Pattern struct {
	Name  string
	Steps []Step
	Once  bool
}

// At reports whether the lamp is lit when the pattern began since ago, and
// how long that stays so; 0 means for ever. A pattern that plays once stays
// at its last step when it is over.
func (p Pattern) At(since time.Duration) (lit bool, left time.Duration) {
	total := p.Length()
	if total > 0 && !p.Once {
		since %= total
	}
	for _, s := range p.Steps {
		if s.For == 0 || since < s.For {
			return s.Lit, max(0, s.For-since)
		}
		since -= s.For
	}
	return p.Steps[len(p.Steps)-1].Lit, 0
}

// Length is the time of one round; 0 for a lamp that never changes.
func (p Pattern) Length() time.Duration {
	var total time.Duration
	for _, s := range p.Steps {
		total += s.For
	}
	return total
}

func on(ms int) Step  { return Step{true, time.Duration(ms) * time.Millisecond} }
func off(ms int) Step { return Step{false, time.Duration(ms) * time.Millisecond} }

// The patterns. Those that tell of something lost begin dark and those that
// tell of something begun begin lit, so that the change itself is seen at
// once on a lamp that was steady or off before.
var (
	dark        = Pattern{Name: "off", Steps: []Step{off(0)}}
	steady      = Pattern{Name: "steady", Steps: []Step{on(0)}}
	shortBlink  = Pattern{Name: "short blink", Steps: []Step{off(1850), on(150)}}
	searching   = Pattern{Name: "slow blink", Steps: []Step{off(500), on(500)}}
	waiting     = Pattern{Name: "slow blink", Steps: []Step{on(500), off(500)}}
	doubleBlink = Pattern{Name: "double blink", Steps: []Step{off(160), on(120), off(160), on(120), off(640)}}
	tripleBlink = Pattern{Name: "triple blink", Steps: []Step{off(160), on(120), off(160), on(120), off(160), on(120), off(640)}}
	longShort   = Pattern{Name: "long and short blink", Steps: []Step{off(200), on(800), off(200), on(200)}}
	longBlink   = Pattern{Name: "long blink", Steps: []Step{off(300), on(1500)}}
	fastBlink   = Pattern{Name: "fast blink", Steps: []Step{off(125), on(125)}}
	fastEven    = Pattern{Name: "fast blink in turn", Steps: []Step{off(125), on(125)}}
	fastOdd     = Pattern{Name: "fast blink in turn", Steps: []Step{on(125), off(125)}}
	flash       = Pattern{Name: "flash", Steps: []Step{on(250), off(250)}}
	wink        = Pattern{Name: "short wink", Steps: []Step{off(50), on(75)}, Once: true}
)
