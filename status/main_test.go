package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rawtcpcom/relay/procgroup"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/testlog"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/relayapi/fakerelay"
)

// asProgram makes the test binary the program itself, for what only a process
// shows: signals and exit codes.
const asProgram = "STATUS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

func TestBadFlags(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"-bogus", "-bogus"},
		{"-htpp :80", "did you mean -http?"},
		{"-console yes", "takes nothing after it"},
		{"extra", `"extra"`},
		{"-relay 127.0.0.1:7888", "looks like http://"},
		{"-relay https://x", "-relay"},
		{"-relay-tcp 7887", "-relay-tcp"},
		{"-http 80", "write -http :80"},
		{"-http :eighty", "-http"},
		{"-http :70000", "-http"},
		{"-allow 10.0.0.0/99", "-allow"},
		{"-admin-port 70000", "-admin-port"},
		{"-admin-port x", "-admin-port"},
		{"-active-low=perhaps", "-active-low"},
		{"-wamp-led GPIO17 -client-led 17", "GPIO17"},
		{"-wamp-led=", "empty"},
		{"-board-led GPIO27", "GPIO27"},
		{"-settings /perm/settings", "settings.toml"},
		{"-search 192.168.1.0", "192.168.1.0/24"},
	} {
		var stdout, stderr bytes.Buffer
		code := mainCode(context.Background(), strings.Fields(c.args), &stdout, &stderr)
		line := stderr.String()
		if code != 2 || strings.Count(line, "\n") != 1 || !strings.HasPrefix(line, "status: ") || !strings.Contains(line, c.says) || stdout.Len() > 0 {
			t.Errorf("status %s: exit %d, %q", c.args, code, line)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	for args, says := range map[string]string{"-help": "-wamp-led LED", "-h": "-relay-tcp", "-version": "status development"} {
		var stdout, stderr bytes.Buffer
		if code := mainCode(context.Background(), []string{args}, &stdout, &stderr); code != 0 || !strings.Contains(stdout.String(), says) || stderr.Len() > 0 {
			t.Errorf("status %s: exit %d, %q, %q", args, code, stdout.String(), stderr.String())
		}
	}
}

func TestFlags(t *testing.T) {
	o, err := parseFlags(strings.Fields("-wamp-led act -client-led none -names box.lab.example,other -relay-tcp 127.0.0.1:9000"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.wiring.Board != lamp.None || !o.wiring.Asked[lamp.WAMP] || o.wiring.Asked[lamp.Board] {
		t.Errorf("the WAMP lamp takes the board's LED from the combined one: %+v", o.wiring)
	}
	if n := len(o.names); n != 3 || o.names[1] != "box.lab.example" || o.clientPort != "9000" {
		t.Errorf("names %q, port %s", o.names, o.clientPort)
	}
}

func TestPortInUse(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var stderr bytes.Buffer
	code := mainCode(t.Context(), []string{"-http", ln.Addr().String()}, io.Discard, &stderr)
	if line := stderr.String(); code != 1 || strings.Count(line, "\n") != 1 || !strings.Contains(line, "in use") || !strings.Contains(line, "-http") {
		t.Errorf("exit %d, %q", code, line)
	}
}

func TestSignalsEndIt(t *testing.T) {
	relay := fakerelay.New()
	defer relay.Close()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		cmd := exec.Command(os.Args[0], "-http", "127.0.0.1:0", "-relay", relay.URL, "-console")
		cmd.Env = append(os.Environ(), asProgram+"=1")
		out := relaytest.NewLog()
		cmd.Stderr = out
		group, err := procgroup.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { group.Kill(); _ = cmd.Wait() }) // it has ended already, unless the test failed
		_, rest, _ := strings.Cut(out.Wait(t, "its address", testlog.Containing("page=")), "page=")
		page, _, _ := strings.Cut(rest, " ")
		out.WaitFor(t, "the relay answers")
		resp, err := http.Get(page + "api/events") // a page that stays open
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil || time.Since(began) > 2*time.Second {
			t.Errorf("%v: %v after %v, want exit 0 within 2 s", signal, err, time.Since(began))
		}
		out.WaitFor(t, "the lamps are off")
		resp.Body.Close()
	}
	http.DefaultClient.CloseIdleConnections()
}
