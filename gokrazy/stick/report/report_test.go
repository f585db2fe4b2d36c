package report_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/stick/report"
)

func TestReport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, err := report.Read(dir, report.Stick); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("before the first report: %v", err)
	}
	want := report.Report{Source: report.Stick, File: "rawtcpcom.toml", Outcome: report.Refused, Problems: []settings.Problem{{Line: 3, Key: "box.name", Text: "it is bad"}}, Trouble: []string{"it is full"}, Uptime: 12.5}
	if err := want.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := report.Read(dir, report.Stick); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
	if _, err := report.Read(dir, report.Card); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of the card: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "card.json"), []byte(`{"source": "ca`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := report.Read(dir, report.Card); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("of half a report: %v", err)
	}
	if got := report.Notices(dir); len(got) != 1 {
		t.Errorf("the notices are %q", got)
	}
}

func TestNotice(t *testing.T) {
	for _, c := range []struct {
		report report.Report
		want   string
	}{
		{report.Report{Source: report.Stick, Outcome: report.Known, File: "a"}, ""},
		{report.Report{Source: report.Card, Outcome: report.Taken, File: "a"}, "The settings of a on the card are in force."},
		{report.Report{Source: report.Stick, Outcome: report.Nothing, Reset: true}, "The settings were reset by a file on a stick: they are those of a new box."},
		{report.Report{Source: report.Stick, Outcome: report.Refused, File: "a", Problems: []settings.Problem{{Line: 2, Key: "box.name", Text: "bad."}}}, "a on the stick changed nothing: line 2: box.name: bad."},
		{report.Report{Source: report.Stick, Outcome: report.Nothing, Trouble: []string{"it is full"}}, "The stick: it is full."},
	} {
		if got := c.report.Notice(); got != c.want {
			t.Errorf("%+v says %q; want %q", c.report, got, c.want)
		}
	}
}
