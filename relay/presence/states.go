package presence

// State is what is known of a peer.
type State int

const (
	Apart   State = iota // there is no session with the router
	Unknown              // nobody has told whether it is there
	Present              // it is there
	Quiet                // it is, but gives no sign of life to what was published to it: what follows waits
	Doubted              // it was, and may have gone or been replaced since: commands wait
	Silent               // it leaves questions unanswered, or says that it is not ready
	Gone                 // the router says that nobody is subscribed
)

// event is what happens to a peer.
type event int

const (
	lost       event = iota // the session with the router has ended,
	joined                  // or begun
	quiet                   // no sign of life for QuietAfter
	doubt                   // somebody has come or gone
	seenGone                // the router says that nobody is subscribed,
	seenThere               // that somebody is,
	seenUntold              // or nothing of the kind
	same                    // it is the same as before, or it does not matter
	early                   // a sign of life before the router was asked
	heard                   // one since
	missed                  // none in time, and not for the first time
	refused                 // its word that it is not ready
	forgiven                // it is asked again only when somebody addresses it
)

// transitions are all there are; what is not here changes nothing.
var transitions = map[event]map[State]State{
	lost:       {Unknown: Apart, Present: Apart, Quiet: Apart, Doubted: Apart, Silent: Apart, Gone: Apart},
	joined:     {Apart: Unknown, Present: Unknown, Quiet: Unknown, Doubted: Unknown, Silent: Unknown, Gone: Unknown},
	quiet:      {Present: Quiet},
	doubt:      {Present: Doubted, Quiet: Doubted},
	seenGone:   {Unknown: Gone, Present: Gone, Quiet: Gone, Doubted: Gone, Silent: Gone},
	seenThere:  {Unknown: Present, Gone: Present},
	seenUntold: {Gone: Unknown},
	same:       {Doubted: Present},
	early:      {Unknown: Doubted, Quiet: Present, Silent: Present},
	heard:      {Unknown: Present, Quiet: Present, Silent: Present},
	missed:     {Unknown: Silent, Present: Silent, Quiet: Silent, Doubted: Silent},
	refused:    {Unknown: Silent, Present: Silent, Quiet: Silent, Doubted: Silent},
	forgiven:   {Silent: Unknown},
}

// happens makes the transition that an event has from here, if any, and returns
// whether there was one.
func (p *Peer) happens(e event) (changed bool) {
	next, changes := transitions[e][p.at]
	if changes {
		p.at = next
		p.changed()
	}
	return changes
}
