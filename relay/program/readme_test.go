package program

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"rawtcpcom/relay/wire"
)

// The README is where people look flags and codes up, so it has to have them.
func TestReadmeNamesEveryFlagAndCode(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	var help strings.Builder
	if code := Run(t.Context(), []string{"-help"}, &help, &help); code != 0 {
		t.Fatalf("-help exits with %d", code)
	}
	flags := regexp.MustCompile(`(?m)^  (-[a-z-]+)`).FindAllStringSubmatch(help.String(), -1)
	if len(flags) < 20 {
		t.Fatalf("-help lists only %d flags", len(flags))
	}
	for _, f := range flags {
		if !strings.Contains(readme, "`"+f[1]+"`") {
			t.Errorf("the README does not name the flag %s", f[1])
		}
	}
	for _, c := range wire.Codes {
		if !strings.Contains(readme, "| `"+string(c)+"` |") {
			t.Errorf("the README does not explain the code %s", c)
		}
	}
}
