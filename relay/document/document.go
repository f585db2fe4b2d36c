// Package document holds the project's documents to its code. What the code
// knows, such as the flags, the faults and the lamps, is written into them by
// "go generate ./...", and a test fails where the two differ.
package document

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The documents, by their paths from the top of the project.
const (
	Readme     = "README.md"
	Wire       = "relay/wire/README.md"
	Commands   = "relay/wire/COMMANDS.md"
	Faults     = "relay/faults/README.md"
	Figures    = "relay/bench/README.md"
	Developing = "relay/DEVELOPING.md"
	Operating  = "gokrazy/README.md"
	Who        = "gokrazy/WHO.md"
	Examples   = "relay/examples/README.md"
)

// All are all documents that are held to the code.
var All = []string{Readme, Wire, Commands, Faults, Figures, Developing, Operating, Who, Examples}

var update = flag.Bool("update", false, "write what is generated into the documents")

// Hold fails the test unless a document holds exactly text between the lines
// <!-- mark --> and <!-- /mark -->. With -update, which go generate gives, it
// writes the text there instead.
func Hold(t testing.TB, name, mark, text string) {
	t.Helper()
	begin, end := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->"
	document := Read(t, name)
	before, rest, begins := strings.Cut(document, begin)
	held, after, ends := strings.Cut(rest, end)
	switch {
	case !begins || !ends:
		t.Fatalf("%s has no lines %q and %q", name, strings.TrimSpace(begin), end)
	case held == text:
	case !*update:
		t.Fatalf("%s differs from the code at %q; run go generate ./...\nit holds:\n%s\nit should hold:\n%s", name, strings.TrimSpace(begin), held, text)
	default:
		if err := os.WriteFile(path(t, name), []byte(before+begin+text+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Read is the text of a document.
func Read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Top is the top of the project, from the folder of the test that runs.
func Top(t testing.TB) string {
	t.Helper()
	for dir := "."; ; dir = filepath.Join(dir, "..") {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if abs, err := filepath.Abs(dir); err != nil || abs == filepath.Dir(abs) {
			t.Fatal("there is no go.mod above the folder of the test")
		}
	}
}

func path(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(Top(t), filepath.FromSlash(name))
}

// Headings are the headings of a document.
func Headings(t testing.TB, name string) []string {
	t.Helper()
	var found []string
	code := false
	for _, line := range strings.Split(Read(t, name), "\n") {
		code = code != strings.HasPrefix(line, "```")
		if title := strings.TrimLeft(line, "#"); !code && title != line && strings.HasPrefix(title, " ") {
			found = append(found, strings.TrimSpace(title))
		}
	}
	return found
}
