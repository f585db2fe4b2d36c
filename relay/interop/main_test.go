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
	router *crossbar // shared; the tests run one after the other
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
	router, err = newCrossbar(filepath.Join(dir, "crossbar"))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer router.stop()
	return m.Run()
}

// tool is a program of the cache.
func tool(parts ...string) string { return filepath.Join(append([]string{cache}, parts...)...) }
