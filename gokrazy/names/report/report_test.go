package report_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/names/report"
)

func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "names.json")
	if _, err := report.Read(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("before the first report: %v", err)
	}
	want := report.Names{Own: "rawtcpcom-345678.local", Wanted: "rawtcpcom.local", TakenBy: "192.0.2.7"}
	if err := want.Write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := report.Read(path); err != nil || got != want {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), `"taken by": "192.0.2.7"`) {
		t.Errorf("the report is %s, %v", text, err)
	}
	if err := os.WriteFile(path, []byte(`{"own": "raw`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := report.Read(path); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("of half a report: %v", err)
	}
}

func TestNotice(t *testing.T) {
	taken := report.Names{Own: "rawtcpcom-345678.local", Wanted: "rawtcpcom.local", TakenBy: "192.0.2.7"}
	if got := taken.Notice(); !strings.HasPrefix(got, "Another box at 192.0.2.7 is rawtcpcom.local; this one is rawtcpcom-345678.local.") {
		t.Errorf("the notice says %q", got)
	}
	has := report.Names{Plain: "rawtcpcom.local", Own: "rawtcpcom-345678.local", Wanted: "rawtcpcom.local"}
	if got := has.Notice(); got != "" {
		t.Errorf("of a box alone: %q", got)
	}
	has.Nameless = "rawtcpcom-9abcde.local"
	if got := has.Notice(); !strings.HasPrefix(got, "This box is rawtcpcom.local. Another box in this network has no such name and is rawtcpcom-9abcde.local.") {
		t.Errorf("the notice says %q", got)
	}
	taken.Away = true
	if got := taken.Notice(); !strings.Contains(got, "last seen at 192.0.2.7") {
		t.Errorf("of a box that is away, the notice says %q", got)
	}
	if got := taken.List(); !slices.Equal(got, []string{"rawtcpcom-345678.local"}) {
		t.Errorf("the names are %q", got)
	}
	both := report.Names{Plain: "rawtcpcom.local", Own: "rawtcpcom-345678.local", Wanted: "rawtcpcom.local"}
	if got := both.Notice(); got != "" {
		t.Errorf("of a box that has both names, the notice says %q", got)
	}
	if got := both.List(); !slices.Equal(got, []string{"rawtcpcom.local", "rawtcpcom-345678.local"}) {
		t.Errorf("the names are %q", got)
	}
}
