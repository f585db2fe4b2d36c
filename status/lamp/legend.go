package lamp

import (
	"fmt"
	"strings"
	"time"
)

// LegendRow is a row of the table as the page gets it.
type LegendRow struct {
	ID       string                   `json:"id"`
	Winks    bool                     `json:"winks"`
	Meaning  string                   `json:"meaning"`
	Remedy   string                   `json:"remedy"`
	Patterns map[Lamp]LegendRowLights `json:"patterns"`
}

// LegendRowLights is one lamp's pattern in a legend. Steps holds the lengths
// in milliseconds, positive for lit and negative for dark; ±1e9 is for ever.
type LegendRowLights struct {
	Name  string  `json:"name"`
	Timed string  `json:"timed"`
	Steps []int64 `json:"steps"`
	Once  bool    `json:"once"`
}

// Legend returns the table for the page.
func Legend() []LegendRow {
	var rows []LegendRow
	for _, r := range Table {
		row := LegendRow{ID: r.ID, Winks: r.Winks, Meaning: r.Meaning, Remedy: r.Remedy, Patterns: map[Lamp]LegendRowLights{}}
		for l, p := range r.Patterns {
			lights := LegendRowLights{Name: p.Name, Timed: p.Timed(), Once: p.Once}
			for _, s := range p.Steps {
				ms := s.For.Milliseconds()
				if s.For == 0 {
					ms = 1e9
				}
				if !s.Lit {
					ms = -ms
				}
				lights.Steps = append(lights.Steps, ms)
			}
			row.Patterns[l] = lights
		}
		rows = append(rows, row)
	}
	return rows
}

// Timed tells the pattern in numbers: "0.5 s on, 0.5 s off"; empty for a lamp
// that does not change.
func (p Pattern) Timed() string {
	if p.Length() == 0 {
		return ""
	}
	var parts []string
	for _, s := range p.Steps {
		what := "off"
		if s.Lit {
			what = "on"
		}
		parts = append(parts, fmt.Sprintf("%s %s", short(s.For), what))
	}
	return strings.Join(parts, ", ")
}

func short(d time.Duration) string {
	return fmt.Sprintf("%g s", d.Seconds())
}

// Markdown is the legend for a document.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| WAMP lamp | Client lamp | Board's LED | What it means | What to do |\n")
	b.WriteString("|---|---|---|---|---|\n")
	for _, r := range Table {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", cell(r, WAMP), cell(r, Client), cell(r, Board), r.Meaning, r.Remedy)
	}
	return b.String()
}

// Timing is how long each pattern shines and stays dark, for the document.
func Timing() string {
	var b strings.Builder
	b.WriteString("| pattern | timing |\n|---|---|\n")
	seen := map[string]bool{}
	for _, r := range Table {
		for _, l := range Lamps {
			if p := r.Patterns[l]; p.Name != "" && p.Length() > 0 && !seen[p.Name] {
				seen[p.Name] = true
				fmt.Fprintf(&b, "| %s | %s |\n", p.Name, p.Timed())
			}
		}
	}
	return b.String()
}

func cell(r Row, l Lamp) string {
	p, ok := r.Patterns[l]
	if !ok {
		return ""
	}
	return p.Name
}
