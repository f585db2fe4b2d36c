package program

import (
	"os"
	"runtime/debug"
)

// Memory is bounded where it is kept: packages budget and frame, and the bounds
// of package hub. What they bound is what lives; the garbage collector would let
// the heap grow to twice that before it collects. The limit has it collect
// earlier where a flood has filled them, and costs nothing where none has.
const (
	// atRest is for the program itself, the lines to clients (8 MiB) and what
	// clients have not been told yet.
	atRest = 28 << 20
	// largeMessages is how many of -max-message there may be at once: received,
	// checked, waiting, being sent with all of it escaped.
	largeMessages = 16
	// aClient is for one client's buffers and goroutines, beyond the first few.
	aClient = 64 << 10
)

// limitMemory gives the garbage collector its limit, unless GOMEMLIMIT does.
func (o options) limitMemory() {
	if os.Getenv("GOMEMLIMIT") != "" || o.simulate {
		return // a router and a robot in the same process are no part of this
	}
	debug.SetMemoryLimit(o.memoryLimit())
}

func (o options) memoryLimit() int64 {
	return atRest + largeMessages*int64(o.maxMessage) + aClient*int64(o.maxClients)
}
