package monitor_test

import (
	"os"
	"path/filepath"
	"testing"

	clock "rawtcpcom/gokrazy/clock/report"
	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/status/monitor"
)

// A box is known by what its kernel and its other programs leave in files.
func TestBox(t *testing.T) {
	root := t.TempDir()
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
	b := monitor.NewBox(root)
	if m := b.Look(); m.Board.Celsius != nil || m.Board.UnderVoltage != 0 || m.LAN != nil || m.Clock.Set || m.Clock.Error == "" {
		t.Errorf("of a box that says nothing: %+v", m)
	}
	write("sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
	write("sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1\n") // of something else
	write("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
	alarm := "sys/class/hwmon/hwmon1/in0_lcrit_alarm"
	for i, step := range []struct {
		alarm string
		times int
	}{{"0\n", 0}, {"1\n", 1}, {"1\n", 1}, {"0\n", 1}, {"1\n", 2}} {
		write(alarm, step.alarm)
		if m := b.Look(); m.Board.UnderVoltage != step.times || m.Board.Low != (step.alarm == "1\n") {
			t.Errorf("look %d: %+v", i, m.Board)
		}
	}
	write("sys/class/thermal/thermal_zone0/temp", "61776\n")
	write(lan.Path, `{"how": "dhcp", "address": "192.168.1.7/24", "cable": true}`)
	want := clock.Report{Set: true, From: "192.168.1.1 (DHCP)", Uptime: 20}
	if err := want.Write(filepath.Join(root, clock.Path)); err != nil {
		t.Fatal(err)
	}
	m := b.Look()
	if m.Board.Celsius == nil || *m.Board.Celsius != 61.776 || m.LAN == nil || m.LAN.How != lan.DHCP || m.Clock != want {
		t.Errorf("of a box that says all: %+v", m)
	}
	write(clock.Path, `{"se`)
	if m := b.Look(); m.Clock.Set || m.Clock.Error == "" {
		t.Errorf("of half a report: %+v", m.Clock)
	}
}
