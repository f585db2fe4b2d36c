package intake_test

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/stick/intake"
	"rawtcpcom/gokrazy/stick/report"
	"rawtcpcom/status/chain"
)

// medium is a folder in place of a stick.
type medium struct {
	t        *testing.T
	dir      string
	source   report.Source
	readOnly error // what mounting it to write fails with
	mounted  int
}

func (m *medium) Source() report.Source { return m.source }
func (m *medium) String() string        { return "/dev/sda1" }

func (m *medium) Mount(write bool) (string, func() error, error) {
	if m.mounted > 0 {
		m.t.Error("it is mounted twice at once")
	}
	if write && m.readOnly != nil {
		return "", nil, m.readOnly
	}
	m.mounted++
	return m.dir, func() error { m.mounted--; return nil }, nil
}

// bench is a box with a stick.
type bench struct {
	*testing.T
	intake.Intake
	stick *medium
	box   intake.Box
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, stick: &medium{t: t, dir: t.TempDir(), source: report.Stick}}
	b.box = intake.Box{
		Version: "v1.2.3", Names: []string{"rawtcpcom.local", "rawtcpcom-345678.local"},
		Address: lan.Report{How: lan.DHCP, Cable: true, Address: "192.0.2.7/24"},
		Red:     []chain.Trouble{{Link: "Robot's router", Text: "It does not answer.", Do: "Is the robot on?"}},
	}
	b.Intake = intake.Intake{
		Store: settings.Store{Dir: filepath.Join(t.TempDir(), "settings")}, Reports: t.TempDir(), Confirm: filepath.Join(t.TempDir(), "confirmed"), Log: slog.New(slog.DiscardHandler),
		Uptime: func() float64 { return 12 },
		About:  func(context.Context, bool) intake.Box { return b.box },
	}
	return b
}

// put writes files to the stick.
func (b *bench) put(files map[string]string) {
	b.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(b.stick.dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

// plug puts the stick in, and returns the report and the result that is on the
// stick then, with lines that end as here.
func (b *bench) plug() (report.Report, string) {
	b.Helper()
	if err := b.Take(b.Context(), b.stick); err != nil {
		b.Fatal(err)
	}
	if b.stick.mounted != 0 {
		b.Error("the stick is still mounted")
	}
	r, _ := report.Read(b.Reports, b.stick.source)
	text, _ := os.ReadFile(filepath.Join(b.stick.dir, "rawtcpcom-result.txt"))
	return r, strings.ReplaceAll(string(text), "\r\n", "\n")
}

func (b *bench) inForce() settings.Values {
	b.Helper()
	values, problems, err := b.Store.Load()
	if err != nil || len(problems) > 0 {
		b.Fatalf("the settings in force: %v, %v", problems, err)
	}
	return values
}

func (b *bench) expect(want settings.Values) {
	b.Helper()
	if got := b.inForce(); !maps.Equal(got, want) {
		b.Errorf("the settings in force are %v; want %v", got, want)
	}
}

// names are those of the files on the stick.
func (b *bench) names() (names []string) {
	b.Helper()
	entries, err := os.ReadDir(b.stick.dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}

func holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}
