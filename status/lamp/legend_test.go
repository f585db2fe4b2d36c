package lamp

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the legend into README.md")

// The marks between which README.md has the legend.
const (
	readme    = "../../README.md"
	markBegin = "<!-- lamps -->\n"
	markEnd   = "<!-- /lamps -->"
)

//go:generate go test -run TestReadmeHasTheLegend -update

func TestReadmeHasTheLegend(t *testing.T) {
	file, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(file), markBegin)
	legend, after, ends := strings.Cut(rest, markEnd)
	if !begins || !ends {
		t.Fatalf("README.md has no place for the legend of the lamps: put %q and %q on lines of their own", strings.TrimSpace(markBegin), markEnd)
	}
	if *update {
		if err := os.WriteFile(readme, []byte(before+markBegin+Markdown()+markEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if legend != Markdown() {
		t.Errorf("the legend in README.md is not that of the table; run go generate ./status/lamp\nREADME.md:\n%s\ntable:\n%s", legend, Markdown())
	}
}

func TestLegendTellsTheSteps(t *testing.T) {
	for i, row := range Legend() {
		for l, lights := range row.Patterns {
			p := Table[i].Patterns[l]
			if len(lights.Steps) != len(p.Steps) || lights.Name != p.Name {
				t.Fatalf("row %s, %s lamp: %+v is not %+v", row.ID, l, lights, p)
			}
			for j, s := range p.Steps {
				ms := lights.Steps[j]
				if ms > 0 != s.Lit || s.For > 0 && max(ms, -ms) != s.For.Milliseconds() {
					t.Errorf("row %s, %s lamp, step %d: %d ms is not %+v", row.ID, l, j, ms, s)
				}
			}
		}
	}
	if got, want := searching.Timed(), "0.5 s off, 0.5 s on"; got != want {
		t.Errorf("slow blink is told as %q, want %q", got, want)
	}
}
