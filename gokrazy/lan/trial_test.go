package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
)

const static = "[network]\nmode = \"static\"\naddress = \"10.31.0.7/24\"\ngateway = \"10.31.0.1\"\n"

// trialLab is a box with a lease, whose settings are about to change.
func trialLab(t *testing.T, patience string) (*lab, *box, string) {
	t.Helper()
	l := newLab(t)
	l.machine("server", "10.31.0.1/24").serve("10.31.0.50", "10.31.0.60", "option:router,10.31.0.1")
	b := l.boot("[box]\nname = \"bench-3\"\n", "-trial", patience)
	return l, b, b.await("a lease", 5*time.Second, how(report.DHCP)).Address
}

func onTrial(r report.Report) bool {
	return r.How == report.Static && r.Trial != nil && r.Trial.Address == addr(r.Address).String() && r.Trial.Until > r.Uptime
}

// A wrong static address is undone, in the file of settings as well, and the
// other settings in it stay.
func TestTrialThatNobodyConfirms(t *testing.T) {
	_, b, before := trialLab(t, "4s")
	b.set("[box]\nname = \"bench-4\"\n[network]\nmode = \"static\"\naddress = \"192.0.2.7/24\"\ndns = [\"192.0.2.1\"]\n")
	b.await("it is on trial", 5*time.Second, onTrial)
	b.write(confirmedFile, "192.0.2.8\n") // some other trial's
	r := b.await("it is undone", 8*time.Second, func(r report.Report) bool { return r.How == report.DHCP && r.Trial == nil })
	if r.Address != before || !strings.Contains(r.Undone, "192.0.2.7 within 4s") {
		t.Errorf("the report says %+v, the address was %s", r, before)
	}
	wait(t, "the settings are put back", 2*time.Second, func() bool { return b.mode() == "dhcp" })
	if text := b.read("settings.toml"); !strings.Contains(text, "bench-4") || strings.Contains(text, "192.0.2") {
		t.Errorf("other settings were put back, too:\n%s", text)
	}
	b.await("it is still said", 2*time.Second, func(r report.Report) bool { return r.Undone != "" })
	b.set("[box]\nname = \"bench-4\"\n" + static)
	b.await("it is said no longer", 5*time.Second, func(r report.Report) bool { return onTrial(r) && r.Undone == "" })
}

func TestTrialThatIsConfirmed(t *testing.T) {
	_, b, _ := trialLab(t, "5s")
	b.set(static)
	b.await("it is on trial", 5*time.Second, onTrial)
	b.write(confirmedFile, "10.31.0.7\n")
	until := b.await("it is confirmed", 2*time.Second, func(r report.Report) bool { return r.Trial == nil && r.How == report.Static }).Uptime + 6
	wait(t, "the confirmation is used up", 2*time.Second, func() bool {
		_, err := os.Stat(b.file(confirmedFile))
		return os.IsNotExist(err)
	})
	wait(t, "the trial would be over", 10*time.Second, func() bool { return uptime(t) > until })
	b.kill()
	b.again()
	wait(t, "the program is at work again", 5*time.Second, func() bool { return strings.Count(b.log.String(), "level=INFO msg=lan ") > 1 })
	b.set(static + "dns = [\"10.31.0.4\"]\n") // leaves the way to the box as it is
	r := b.await("the name server", 5*time.Second, func(r report.Report) bool {
		return slices.Equal(r.DNS, []string{"10.31.0.4"}) && r.How == report.Static
	})
	if r.Trial != nil {
		t.Error("another name server is on trial")
	}
	b.set("") // no trial: there is a lease, or a link-local address
	if r := b.await("a lease", 8*time.Second, how(report.DHCP)); r.Trial != nil {
		t.Error("DHCP is on trial")
	}
}

func TestTrialOfAnAddressThatIsTaken(t *testing.T) {
	l, b, before := trialLab(t, "60s")
	other := l.machine("other", "10.31.0.7/24")
	b.set(static)
	r := b.await("it is undone at once", 6*time.Second, func(r report.Report) bool { return r.Undone != "" && r.How == report.DHCP && r.Trial == nil })
	if r.Address != before || !strings.Contains(r.Undone, other.hardware.String()) {
		t.Errorf("the report says %+v, the address was %s", r, before)
	}
	wait(t, "the settings are put back", 2*time.Second, func() bool { return b.mode() == "dhcp" })
}

// A program that dies in a trial goes on with it; a box that is switched off in
// one comes up with the settings from before.
func TestTrialAndPowerCut(t *testing.T) {
	_, b, before := trialLab(t, "60s")
	b.set(static)
	until := b.await("it is on trial", 5*time.Second, onTrial).Trial.Until
	b.kill()
	b.again()
	wait(t, "the program is at work again", 5*time.Second, func() bool { return strings.Count(b.log.String(), "level=INFO msg=lan ") > 1 })
	if r := b.await("it is on trial", 5*time.Second, onTrial); r.Trial.Until != until {
		t.Errorf("the trial ends at %v, and not at %v", r.Trial.Until, until)
	}
	b.cutPower()
	r := b.await("it is undone", 8*time.Second, func(r report.Report) bool { return r.How == report.DHCP })
	if r.Address != before || r.Trial != nil || !strings.Contains(r.Undone, "switched off") {
		t.Errorf("the report says %+v, the address was %s", r, before)
	}
	wait(t, "the settings are put back", 2*time.Second, func() bool { return b.mode() == "dhcp" })
}

// Settings that were stored in the moment before the power was cut have their
// trial after the start.
func TestPowerCutBeforeTheTrial(t *testing.T) {
	_, b, _ := trialLab(t, "60s")
	b.kill()
	b.set(static)
	b.cutPower()
	b.await("it is on trial", 8*time.Second, onTrial)
}

// mode is the one of the settings in force.
func (b *box) mode() string { b.lab.t.Helper(); return b.setting("network.mode") }

func (b *box) setting(key string) string {
	b.lab.t.Helper()
	v, problems, err := settings.File(b.file("settings.toml")).Load()
	if err != nil || len(problems) > 0 {
		b.lab.t.Fatal(problems, err)
	}
	return v.Get(key)
}

// cutPower starts the box as after a power cut: what was in memory is gone.
func (b *box) cutPower() {
	t := b.lab.t
	t.Helper()
	b.kill()
	if err := os.Remove(b.file("address.json")); err != nil {
		t.Fatal(err)
	}
	b.ip("addr", "flush", "dev", "eth0")
	var record map[string]any
	if err := json.Unmarshal([]byte(b.read("network.json")), &record); err != nil {
		t.Fatal(err)
	}
	if trial, ok := record["trial"].(map[string]any); ok {
		trial["boot"] = "the one before"
	}
	text, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	b.write("network.json", string(bytes.TrimSpace(text)))
	b.again()
}
