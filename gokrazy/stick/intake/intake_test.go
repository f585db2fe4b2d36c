package intake_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/stick/report"
)

const address = "[robot]\naddress = \"ws://192.0.2.20:8080/ws\"\n"

// before are settings that a lab had before somebody came with a stick.
var before = settings.Values{"box.name": "lab2", "robot.auth-id": "box", "robot.auth-secret": "sesame"}

// with are before with other settings over them.
func with(other settings.Values) settings.Values {
	all := maps.Clone(before)
	maps.Copy(all, other)
	return all
}

func TestAFileReplacesWhatItNames(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		over settings.Values
	}{
		"robot":        {address, settings.Values{"robot.address": "ws://192.0.2.20:8080/ws"}},
		"Windows":      {"\ufeff[robot]\r\naddress = “ws://192.0.2.20:8080/ws”\r\n", settings.Values{"robot.address": "ws://192.0.2.20:8080/ws"}},
		"secret alone": {"[robot]\nauth-secret = \"other\"\n", settings.Values{"robot.auth-secret": "other"}},
		"undone":       {"[robot]\nauth-id = \"\"\nauth-secret = \"\"\n", settings.Values{"robot.auth-id": "", "robot.auth-secret": ""}},
		"nothing":      {"# address = 1\n", nil},
		"empty":        {"", nil},
		"the example":  {string(settings.Example()), nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if err := b.Store.Save(before); err != nil {
				t.Fatal(err)
			}
			b.put(map[string]string{"rawtcpcom.toml": c.file})
			r, result := b.plug()
			if r.Outcome != report.Taken || r.File != "rawtcpcom.toml" || r.Uptime != 12 {
				t.Errorf("the report is %+v", r)
			}
			b.expect(with(c.over))
			holds(t, result, "TAKEN")
		})
	}
}

func TestNamesOfTheFile(t *testing.T) {
	for name, want := range map[string]report.Outcome{
		"rawtcpcom.toml":     report.Taken,
		"RAWTCPCO.TOM":       "",
		"RAWTCPCOM.TOML":     report.Taken,
		"RawTcpCom.toml.txt": report.Taken,
		"rawtcpcom.TXT":      report.Taken,
		"rawtcpcom (1).toml": report.Nothing, // of a browser
		"rawtcpcom.rtf":      report.Nothing,
		"settings.toml":      "",
		"rawtcpcom.img":      "",
		"holiday.txt":        "",
		"._rawtcpcom.toml":   "", // of a Mac
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.put(map[string]string{name: address})
			r, result := b.plug()
			if r.Outcome != want {
				t.Errorf("the outcome is %q, not %q", r.Outcome, want)
			}
			switch want {
			case "":
				if result != "" {
					t.Errorf("a stick that is not for the box was written to: %s", result)
				}
			case report.Nothing:
				holds(t, result, name+" was not read", "rawtcpcom.toml")
			}
			if _, set := b.inForce()["robot.address"]; set != (want == report.Taken) {
				t.Errorf("the address is set: %v", set)
			}
		})
	}
}

func TestAFileWithAnErrorChangesNothing(t *testing.T) {
	b := newBench(t)
	if err := b.Store.Save(before); err != nil {
		t.Fatal(err)
	}
	b.put(map[string]string{"rawtcpcom.toml": address + "realms = \"lab\"\n\n[access]\nmax-clients = 0\n"})
	for range 2 { // again at each start, until it is corrected
		r, result := b.plug()
		if r.Outcome != report.Refused || len(r.Problems) == 0 {
			t.Errorf("the report is %+v", r)
		}
		holds(t, result, "NOT TAKEN", "line 3: robot.realms", "did you mean robot.realm?")
		holds(t, r.Notice(), "rawtcpcom.toml on the stick changed nothing", "line 3")
	}
	b.expect(before)
	b.put(map[string]string{"rawtcpcom.toml": address})
	if r, _ := b.plug(); r.Outcome != report.Taken {
		t.Errorf("corrected, the report is %+v", r)
	}
}

func TestAFileIsTakenOnce(t *testing.T) {
	b := newBench(t)
	b.put(map[string]string{"rawtcpcom.toml": address})
	b.plug()
	onThePage := settings.Values{"robot.address": "ws://192.0.2.99:8080/ws"}
	if err := b.Store.Save(onThePage); err != nil {
		t.Fatal(err)
	}
	r, result := b.plug()
	if r.Outcome != report.Known || r.Notice() != "" {
		t.Errorf("the report is %+v", r)
	}
	holds(t, result, "NOTHING NEW", "was taken before")
	b.expect(onThePage)

	// The card's is another one.
	card := &medium{t: t, dir: b.stick.dir, source: report.Card}
	if err := b.Take(t.Context(), card); err != nil {
		t.Fatal(err)
	}
	if r, err := report.Read(b.Reports, report.Card); err != nil || r.Outcome != report.Taken {
		t.Errorf("of the card: %+v, %v", r, err)
	}

	b.put(map[string]string{"rawtcpcom.toml": address + "# again\n"})
	if r, _ := b.plug(); r.Outcome != report.Taken {
		t.Errorf("after a change the report is %+v", r)
	}
	b.expect(settings.Values{"robot.address": "ws://192.0.2.20:8080/ws"})
}

// What was remembered may be damaged; the file is taken once more then.
func TestWhatWasTakenIsDamaged(t *testing.T) {
	for _, damage := range []string{"", "null", "[1]", "\x00"} {
		b := newBench(t)
		b.put(map[string]string{"rawtcpcom.toml": address})
		b.plug()
		if err := os.WriteFile(filepath.Join(b.Store.Dir, "taken.json"), []byte(damage), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, want := range []report.Outcome{report.Taken, report.Known} {
			if r, _ := b.plug(); r.Outcome != want {
				t.Errorf("%q: the report is %+v, not %s", damage, r, want)
			}
		}
	}
}

func TestTheCardIsNotWrittenTo(t *testing.T) {
	b := newBench(t)
	b.stick.source, b.stick.readOnly = report.Card, os.ErrInvalid
	b.put(map[string]string{"rawtcpcom.toml": address, "rawtcpcom-reset": ""})
	r, _ := b.plug()
	if r.Outcome != report.Taken || r.Source != report.Card || r.Reset {
		t.Errorf("the report is %+v", r)
	}
	holds(t, strings.Join(report.Notices(b.Reports), "\n"), "on the card are in force", "rawtcpcom-reset counts on a stick only")
	if got := b.names(); !slices.Equal(got, []string{"rawtcpcom-reset", "rawtcpcom.toml"}) {
		t.Errorf("on the card are %q", got)
	}
}

func TestTheBoxCannotKeepThem(t *testing.T) {
	b := newBench(t)
	if err := os.WriteFile(b.Store.Dir, nil, 0o644); err != nil { // where the folder is to be
		t.Fatal(err)
	}
	b.put(map[string]string{"rawtcpcom.toml": address})
	r, result := b.plug()
	if r.Outcome != report.Refused {
		t.Errorf("the report is %+v", r)
	}
	holds(t, result, "the box cannot keep them", "switch it off and on")
}

// An address without the mode that it needs leaves the box where it is, and the
// result says so.
func TestAStaticAddressWithoutItsMode(t *testing.T) {
	b := newBench(t)
	b.put(map[string]string{"rawtcpcom.toml": "[network]\naddress = \"192.0.2.9/24\"\n"})
	if r, result := b.plug(); r.Outcome != report.Taken || !strings.Contains(result, `write mode = "static" below [network] too`) {
		t.Errorf("%+v: %s", r, result)
	}
}
