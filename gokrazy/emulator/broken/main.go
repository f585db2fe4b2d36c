// Command broken stands in for a relay that does not work, in tests of what
// the box does about that: it ends at once or, with -hang, does nothing.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	hang := flag.Bool("hang", false, "stay, and do not listen")
	flag.Parse()
	fmt.Println("this is a broken relay, for a test")
	if !*hang {
		os.Exit(1)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
}
