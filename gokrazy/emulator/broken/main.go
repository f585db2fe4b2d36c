// Command broken stands in for a relay that does not work, in tests of what
// the box does about that: it ends at once or, with -hang, does nothing until
// the relay's own check for a stall ends it. The relay itself has no way to be hung from
// the outside.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"rawtcpcom/relay/stall"
)

// stallCode is the exit code of a relay that stood still.
const stallCode = 3

func main() {
	hang := flag.Bool("hang", false, "stay, and do not listen")
	flag.Parse()
	fmt.Println("this is a broken relay, for a test")
	if !*hang {
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	blocked := func() { <-ctx.Done() }
	stall.Detect(ctx, blocked, func() {
		fmt.Printf("nothing has got through for %v; the broken relay ends\n", stall.Limit)
		stop()
		os.Exit(stallCode)
	})
}
