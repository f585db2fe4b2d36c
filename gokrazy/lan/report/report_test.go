package report_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/lan/report"
)

func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "address.json")
	if _, err := report.Read(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("before the first report: %v", err)
	}
	want := report.Report{Interface: "eth0", MAC: "b8:27:eb:12:34:56", Cable: true, How: report.Static, Address: "192.0.2.7/24",
		Gateway: "192.0.2.1", DNS: []string{"192.0.2.1"}, Search: []string{"fritz.box"}, Trial: &report.Trial{Address: "192.0.2.7", Until: 133.5}, Uptime: 43.25}
	if err := want.Write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := report.Read(path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{`"how": "static"`, `"until uptime seconds": 133.5`, `"uptime": 43.25`} {
		if !strings.Contains(string(text), key) {
			t.Errorf("the report lacks %s: %s", key, text)
		}
	}
	if err := os.WriteFile(path, []byte(`{"how": "dh`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := report.Read(path); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("of half a report: %v", err)
	}
}
