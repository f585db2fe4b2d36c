package interop

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// BenchmarkFigures runs the bench with crossbar.io as the router; "make
// bench-crossbar" runs it. The bench has its own clock, so it is run once.
func BenchmarkFigures(b *testing.B) {
	program := os.Getenv("BENCH")
	if program == "" {
		b.Fatal("BENCH names no bench program; run this with \"make bench-crossbar\"")
	}
	for _, router := range []*crossbar{router, old} {
		fmt.Printf("\nwith %s as the router:\n", router.name)
		bench := exec.Command(program, "-router", router.url(router.Open), "-relay", os.Getenv("RELAY"), "-soak", "0", "-rows", "(round trip|pipelined) (1|4) (100 B|4 KiB)")
		bench.Stdout, bench.Stderr = os.Stdout, os.Stderr
		if err := bench.Run(); err != nil {
			b.Fatalf("measuring with %s: %v", router.name, err)
		}
	}
}
