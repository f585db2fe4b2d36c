package main_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/testlog"
)

// confirmedFile is called as on a box, where the page looks for it.
var confirmedFile = filepath.Base(report.Confirmed)

// box is the program lan, and what the rest of the box has of it.
type box struct {
	*machine
	dir  string
	args []string
	log  *testlog.Log
	kill func()
}

// boot starts the program with these settings.
func (l *lab) boot(settings string, args ...string) *box {
	l.t.Helper()
	b := &box{machine: l.box, dir: l.t.TempDir(), log: new(testlog.Log)}
	b.args = append([]string{"-settings", b.file("settings.toml"), "-report", b.file("address.json"), "-confirmed", b.file(confirmedFile),
		"-resolv", b.file("resolv.conf")}, args...)
	b.set(settings)
	b.again()
	l.t.Cleanup(func() {
		if l.t.Failed() {
			l.t.Logf("the log of lan:\n%s", b.log)
		}
	})
	return b
}

func (b *box) again() { b.kill = b.start(b.log, program, b.args...) }

func (b *box) file(name string) string { return filepath.Join(b.dir, name) }

// write replaces a file in one step.
func (b *box) write(name, text string) {
	b.lab.t.Helper()
	fresh := b.file(name + ".test")
	if err := os.WriteFile(fresh, []byte(text), 0o644); err != nil {
		b.lab.t.Fatal(err)
	}
	if err := os.Rename(fresh, b.file(name)); err != nil {
		b.lab.t.Fatal(err)
	}
}

func (b *box) set(settings string) { b.lab.t.Helper(); b.write("settings.toml", settings) }

func (b *box) read(name string) string {
	b.lab.t.Helper()
	text, err := os.ReadFile(b.file(name))
	if err != nil {
		b.lab.t.Fatal(err)
	}
	return string(text)
}

// await waits until the report is as it should be.
func (b *box) await(what string, within time.Duration, good func(report.Report) bool) report.Report {
	t := b.lab.t
	t.Helper()
	began := time.Now()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		r, err := report.Read(b.file("address.json"))
		if err == nil && good(r) {
			t.Logf("%s after %.1f s: %s %s", what, time.Since(began).Seconds(), r.How, r.Address)
			return r
		}
		if time.Since(began) > within {
			t.Fatalf("not within %v: %s; the report says %+v, %v", within, what, r, err)
		}
		<-ticker.C
	}
}

func how(h report.How) func(report.Report) bool {
	return func(r report.Report) bool { return r.How == h }
}

func has(address string) func(report.Report) bool {
	return func(r report.Report) bool { return r.Address == address }
}

// addresses are those that the kernel has, without those of IPv6.
func (b *box) addresses() (found []string) {
	b.lab.t.Helper()
	for line := range strings.Lines(b.ip("-4", "-o", "addr", "show", "dev", "eth0")) {
		fields := strings.Fields(line)
		found = append(found, fields[3])
	}
	return found
}

func (b *box) expectAddress(want string) {
	b.lab.t.Helper()
	if got := b.addresses(); !slices.Equal(got, []string{want}) {
		b.lab.t.Errorf("the interface has %q, want %s alone", got, want)
	}
}

// watchAddresses records what the kernel does to the addresses from now on.
func (b *box) watchAddresses() *testlog.Log {
	b.lab.t.Helper()
	log := new(testlog.Log)
	b.start(log, "ip", "-4", "-o", "monitor", "address")
	return log
}

func addr(prefix string) netip.Addr { return netip.MustParsePrefix(prefix).Addr() }

// wait waits for something that the report does not tell.
func wait(t testing.TB, what string, within time.Duration, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", within, what)
		}
		<-ticker.C
	}
}

func uptime(t testing.TB) float64 {
	t.Helper()
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		t.Fatal(err)
	}
	var seconds float64
	if _, err := fmt.Sscan(string(text), &seconds); err != nil {
		t.Fatal(err)
	}
	return seconds
}
