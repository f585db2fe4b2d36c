package webguard

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/network"
)

// The name that the network hands out to the machine is its own as soon as the
// network has said so; every other name that ends like it is a stranger's.
func TestNamesThatTheNetworkHandsOut(t *testing.T) {
	root, host := t.TempDir(), "rawtcpcom"
	write := func(path, text string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	allow, err := network.Parse("private")
	if err != nil {
		t.Fatal(err)
	}
	guard := Guard{Allow: allow, Handed: func() []string { return handed(root, func() (string, error) { return host, nil }) }}
	server := httptest.NewServer(guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	defer server.Close()
	ask := func(name string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = name
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	expect := func(when string, own, foreign []string) {
		t.Helper()
		for _, name := range own {
			if got := ask(name); got != http.StatusNoContent {
				t.Errorf("%s, %s: %d", when, name, got)
			}
		}
		for _, name := range foreign {
			if got := ask(name); got != http.StatusMisdirectedRequest {
				t.Errorf("%s, %s: %d", when, name, got)
			}
		}
	}
	expect("before the network is there", []string{"rawtcpcom"}, []string{"rawtcpcom.fritz.box", "rawtcpcom.lab.example", "rawtcpcom.evil.example"})
	write(report.Path, `{"search": ["fritz.box", "", ".", "corp.example."]}`)
	write("etc/resolv.conf", "# a resolver\nnameserver 192.0.2.1\ndomain old.example\nsearch lab.example more.example\n")
	expect("in the network",
		[]string{"rawtcpcom.fritz.box", "RAWTCPCOM.Fritz.Box:80", "rawtcpcom.fritz.box.", "rawtcpcom.corp.example", "rawtcpcom.lab.example", "rawtcpcom.more.example"},
		[]string{"rawtcpcom.old.example", "rawtcpcom.evil.example", "evil.fritz.box", "x.rawtcpcom.fritz.box", "rawtcpcom.fritz.box.evil.example", "xrawtcpcom.fritz.box", "fritz.box", "rawtcpcom.x.fritz.box"})
	write(report.Path, `{"search": ["elsewhere.example"]}`)
	host = "bench2"
	expect("in another network, under another name", []string{"bench2", "bench2.elsewhere.example", "bench2.lab.example"}, []string{"rawtcpcom", "rawtcpcom.fritz.box", "rawtcpcom.lab.example"})
	write(report.Path, `{"search": ["com", "CO.UK.", "box", "dyndns.org", "lan", "lab.dyndns.org"]}`)
	expect("where strangers can have names", []string{"bench2.lan", "bench2.lab.dyndns.org"}, []string{"bench2.com", "bench2.co.uk", "bench2.box", "bench2.dyndns.org"})
	host = ""
	expect("without a name", nil, []string{".lab.example", "lab.example"})
}
