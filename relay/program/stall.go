package program

import (
	"fmt"
	"os"
	"runtime/pprof"

	"rawtcpcom/relay/stall"
)

// stallCode is the exit code of a relay that ended itself because it stood
// still. gokrazy starts a program again unless it exits with 0 or 125.
const stallCode = 3

// stalled ends the process with every goroutine's stack on stderr. Nothing
// that could wait for the stall itself, the log included, is used for it.
func stalled() {
	fmt.Fprintf(os.Stderr, "relay: no event has got through for %v; the stacks follow, and the relay ends to be started again\n", stall.Limit)
	_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 2) // exiting is all that is left
	os.Exit(stallCode)
}
