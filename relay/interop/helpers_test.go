package interop

import (
	"bufio"
	"strconv"
	"strings"
	"testing"

	"rawtcpcom/relay/relaytest"
)

// startRelay runs the relay against a router.
func startRelay(t *testing.T, url string, args ...string) *relaytest.Relay {
	t.Helper()
	return relaytest.Start(t, append([]string{"-router", url, "-data", t.TempDir()}, args...)...)
}

// count reads a counter of the relay.
func count(t *testing.T, r *relaytest.Relay, name string) int {
	t.Helper()
	_, body := r.Do("GET", "/metrics")
	lines := bufio.NewScanner(strings.NewReader(body))
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			return int(n)
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
