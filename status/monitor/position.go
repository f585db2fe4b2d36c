package monitor

import (
	"time"

	"rawtcpcom/relay/state"
)

// OldUnheard is why a position is old where the relay does not answer.
const OldUnheard state.Old = "unheard"

// Position is the relay's, with its age.
type Position struct {
	state.Position
	For float64 `json:"forSeconds"` // since the axis that was told longest ago was
}

// position is where the robot stood when that was told last; nil where it is not known.
// The lock is held.
func (m *Monitor) position(now time.Time, uptime time.Duration) *Position {
	p := m.state.Position
	if p.Since.IsZero() {
		return nil
	}
	if !m.answering && p.Old != state.OldAway {
		p.Old = OldUnheard
	}
	return &Position{p, m.ages.Of("position", p.Since.String(), p.Since, now, uptime).Seconds()}
}
