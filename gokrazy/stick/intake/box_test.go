package intake_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	lan "rawtcpcom/gokrazy/lan/report"
	names "rawtcpcom/gokrazy/names/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/stick/intake"
	"rawtcpcom/gokrazy/stick/report"
	"rawtcpcom/status/chain"
)

// The page is waited for: after a start it and the relay are not up at once.
func TestAbout(t *testing.T) {
	answers := []string{
		"", `oops`, `{"relay":{"answering":false},"chain":{"broken":{"link":"Relay","text":"away"}}}`,
		`{"relay":{"answering":true},"chain":{"broken":{"link":"Robot's router","text":"It is away.","do":"Switch it on."},"beside":[{"link":"Client","text":"refused"}]}}`,
	}
	var asked atomic.Int32
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := answers[asked.Add(1)-1]
		if answer == "" {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(answer))
	}))
	defer page.Close()
	dir := t.TempDir()
	around := intake.Around{Status: page.URL, Address: filepath.Join(dir, "address.json"), Names: filepath.Join(dir, "names.json")}
	address := lan.Report{How: lan.Static, Address: "192.0.2.7/24", Cable: true}
	if err := address.Write(around.Address); err != nil {
		t.Fatal(err)
	}
	if err := (names.Names{Own: "rawtcpcom-345678.local"}).Write(around.Names); err != nil {
		t.Fatal(err)
	}
	box := around.About(t.Context(), false)
	want := []chain.Trouble{{Link: "Robot's router", Text: "It is away.", Do: "Switch it on."}, {Link: "Client", Text: "refused"}}
	if !reflect.DeepEqual(box.Red, want) || box.Unknown != "" || !reflect.DeepEqual(box.Address, address) || !slices.Equal(box.Names, []string{"rawtcpcom-345678.local"}) || box.Version == "" {
		t.Errorf("after %d questions the box is %+v", asked.Load(), box)
	}
}

func TestAboutAPageThatIsNotThere(t *testing.T) {
	hangs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hangs.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, url := range []string{hangs.URL, gone.URL} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		box := intake.Around{Status: url, Address: "/none", Names: "/none"}.About(ctx, true)
		cancel()
		if box.Unknown == "" || box.Red != nil {
			t.Errorf("the box is %+v", box)
		}
	}
}

// The result as a whole, as Notepad shows it.
func TestResult(t *testing.T) {
	b := newBench(t)
	b.put(map[string]string{"rawtcpcom.toml": "[robot]\naddress = \"ws://192.0.2.20:8080/ws\"\nauth-id = \"Käse\"\nauth-secret = \"sesame\"\n"})
	b.box.Address.Duplicate, b.box.Address.DuplicateOf = "b8:27:eb:00:00:01", "192.0.2.9"
	_, result := b.plug()
	raw, err := os.ReadFile(filepath.Join(b.stick.dir, "rawtcpcom-result.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(raw), "\n"); lines != strings.Count(string(raw), "\r\n") || lines < 10 {
		t.Errorf("%d lines do not all end with CRLF: %q", lines, raw)
	}
	_, dated, _ := strings.Cut(result, "power-on")
	dated, _, _ = strings.Cut(dated, "\n")
	want := "\ufeff" + `TAKEN: the box has these settings from rawtcpcom.toml. All others are as before.
  robot.address = "ws://192.0.2.20:8080/ws"
  robot.auth-id = "Käse"
  robot.auth-secret = (set, and not shown)
Delete the secrets from rawtcpcom.toml, or delete the file: whoever finds the stick can read them.

THE BOX, 12 s after power-on` + dated + `
  version: v1.2.3
  name: rawtcpcom.local, and its page http://rawtcpcom.local/
  name: rawtcpcom-345678.local, and its page http://rawtcpcom-345678.local/
  address: 192.0.2.7/24 (from the network, by DHCP), and its page http://192.0.2.7/
  NOTE: another machine (b8:27:eb:00:00:01) has the address 192.0.2.9 too; give the box another.

WHAT IS WRONG
  Robot's router: It does not answer.
    Is the robot on?
`
	if result != want {
		t.Errorf("the result is\n%s\nwant\n%s", result, want)
	}
}

func TestResultOfAnUnhappyBox(t *testing.T) {
	for _, c := range []struct {
		box  intake.Box
		want []string
	}{
		{intake.Box{}, []string{"address: none, or not known", "NOTHING IS WRONG that the box knows of"}},
		{intake.Box{Found: []string{"192.0.2.7"}}, []string{"address: 192.0.2.7, and its page http://192.0.2.7/"}},
		{intake.Box{Address: lan.Report{How: lan.None}}, []string{"no network cable is plugged in"}},
		{intake.Box{Address: lan.Report{How: lan.None, Cable: true, Undone: "The new network settings were undone: nobody came"}}, []string{"none so far", "NOTE: The new network settings were undone"}},
		{intake.Box{Address: lan.Report{How: lan.LinkLocal, Cable: true, Address: "169.254.7.7/16"}, Unknown: "connection refused"}, []string{"link-local", "WHAT IS WRONG is not known", "connection refused"}},
	} {
		b := newBench(t)
		b.box = c.box
		b.put(map[string]string{"rawtcpcom.toml": address})
		_, result := b.plug()
		holds(t, result, c.want...)
	}
}

// A static address of a stick is kept by the program lan, which would take it back
// where nobody confirms it. Other settings confirm nothing.
func TestAStaticAddressIsConfirmed(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"static":     {"[network]\nmode = \"static\"\naddress = \"192.168.1.7/24\"\n", "192.168.1.7\n"},
		"dhcp":       {"[network]\nmode = \"dhcp\"\naddress = \"192.168.1.7/24\"\n", ""},
		"other":      {address, ""},
		"with error": {"[network]\nmode = \"static\"\naddress = \"192.168.1.7\"\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if name == "other" {
				if err := b.Store.Save(settings.Values{"network.mode": "static", "network.address": "192.168.1.9/24"}); err != nil {
					t.Fatal(err)
				}
			}
			b.put(map[string]string{"rawtcpcom.toml": c.file})
			if r, _ := b.plug(); (r.Outcome == report.Taken) != (name != "with error") {
				t.Errorf("the report is %+v", r)
			}
			if got, _ := os.ReadFile(b.Confirm); string(got) != c.want {
				t.Errorf("confirmed is %q; want %q", got, c.want)
			}
		})
	}
}
