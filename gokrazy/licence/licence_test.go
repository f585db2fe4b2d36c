package licence

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLibraries(t *testing.T) {
	all, err := Libraries(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	holds(t, all,
		"github.com/gammazero/nexus/v3", "periph.io/x/host/v3", "github.com/gokrazy/gokrazy ", // the core libraries
		"The Go Authors")
}

// holds checks that the notices that go with the programs hold some texts.
func holds(t *testing.T, all []Found, parts ...string) {
	t.Helper()
	var text strings.Builder
	if err := WriteNotices(&text, all); err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if !strings.Contains(text.String(), part) {
			t.Errorf("the notices do not hold %q", part)
		}
	}
}

func TestFind(t *testing.T) {
	mit, err := os.ReadFile("testdata/MIT.txt")
	if err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile("testdata/BSD-4-Clause.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		files map[string]string
		names string
		wrong string
	}{
		{"allowed", map[string]string{"LICENSE": string(mit), "NOTICE": "by somebody", "license.go": "package x"}, "MIT", ""},
		{"two", map[string]string{"LICENSE-MIT": string(mit), "COPYING": string(old)}, "", "is under BSD-4-Clause"},
		{"none", map[string]string{"README": "free for all"}, "", "has no licence"},
		{"unknown", map[string]string{"LICENSE": "You may look at this, but only on Sundays, and never while it rains in the north."}, "", "is none that is known"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range test.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			found, err := Find(Module{Path: "example.org/x", Version: "v1.0.0", Dir: dir})
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) {
					t.Fatalf("the error is %v; wanted %q", err, test.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(found.Names, " "); got != test.names || len(found.Files) != 2 {
				t.Errorf("found %s in %d files", got, len(found.Files))
			}
		})
	}
}
