package relaytest_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The tests wait most of the time, so that more of them than there are
	// processors can run at once.
	_ = flag.Set("test.parallel", "6") // the flag is there; the command line overrides it
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if built != "" {
			os.RemoveAll(filepath.Dir(built))
		}
		os.Exit(code)
	}))
}
