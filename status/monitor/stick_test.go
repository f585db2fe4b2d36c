package monitor

import (
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
	stick "rawtcpcom/gokrazy/stick/report"
)

// What became of settings on a stick is told as long as the report is there.
func TestNoticesOfSticks(t *testing.T) {
	m := &Monitor{cfg: Config{Reports: t.TempDir(), Notices: []string{"a notice"}}}
	told := func() (texts []string) {
		for _, n := range m.notices() {
			texts = append(texts, n.Text)
		}
		return texts
	}
	if got := told(); len(got) != 1 {
		t.Errorf("without a stick, the notices are %q", got)
	}
	r := stick.Report{Source: stick.Stick, File: "rawtcpcom.toml", Outcome: stick.Refused, Problems: []settings.Problem{{Line: 3, Text: "a quote is missing"}, {Line: 4}}}
	if err := r.Write(m.cfg.Reports); err != nil {
		t.Fatal(err)
	}
	if got := told(); len(got) != 2 || got[1] != "rawtcpcom.toml on the stick changed nothing: line 3: a quote is missing. It has 1 more errors." {
		t.Errorf("the notices are %q", got)
	}
	if err := (stick.Report{Source: stick.Card, File: "rawtcpcom.toml", Outcome: stick.Taken}).Write(m.cfg.Reports); err != nil {
		t.Fatal(err)
	}
	if got := told(); len(got) != 3 || !strings.Contains(got[1], "on the card are in force") {
		t.Errorf("the notices are %q", got)
	}
}
