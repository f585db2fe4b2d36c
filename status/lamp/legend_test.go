package lamp

import (
	"testing"

	"rawtcpcom/relay/document"
)

//go:generate go test -run TestDocumentsHaveTheLegend . -update

func TestDocumentsHaveTheLegend(t *testing.T) {
	document.Hold(t, document.Readme, "lamps", Markdown())
	document.Hold(t, document.Operating, "lamp timing", Timing())
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
