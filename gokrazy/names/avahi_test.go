package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// avahi runs Debian's responder on the PC, with a bus of its own.
func (l *lab) avahi() {
	l.t.Helper()
	dir := l.t.TempDir()
	l.bus = filepath.Join(dir, "bus")
	l.write(filepath.Join(dir, "bus.conf"), `<busconfig><listen>unix:path=`+l.bus+`</listen><policy context="default">
		<allow send_destination="*" eavesdrop="true"/><allow own="*"/><allow receive_sender="*"/></policy></busconfig>`)
	l.write(filepath.Join(dir, "avahi.conf"), "[server]\nhost-name=pc\nallow-interfaces=eth0\n[publish]\npublish-workstation=no\n")
	l.pc.start("dbus-daemon", "--config-file="+filepath.Join(dir, "bus.conf"), "--nofork", "--nopidfile")
	eventually(l.t, "the bus is there", func() error { _, err := os.Stat(l.bus); return err })
	_, _, log := l.pc.start("unshare", "--mount", "sh", "-c", "mkdir -p /run/avahi-daemon && mount -t tmpfs tmpfs /run/avahi-daemon && "+
		"exec avahi-daemon --no-drop-root --no-chroot --no-rlimits --file="+filepath.Join(dir, "avahi.conf"))
	log.WaitFor(l.t, "Server startup complete")
}

func (l *lab) write(path, text string) {
	l.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// avahiSays runs a program of avahi-utils on the PC.
func (l *lab) avahiSays(program string, args ...string) string {
	cmd := exec.Command(program, args...) // it speaks to the daemon by the bus
	cmd.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+l.bus)
	out, _ := cmd.CombinedOutput() // it fails for a name that is not there, and says so
	return string(out)
}

// resolve is the addresses that a name leads to on the PC.
func (l *lab) resolve(name string) string {
	out := l.avahiSays("avahi-resolve", "-4", "-n", name)
	if _, address, ok := strings.Cut(strings.TrimSpace(out), "\t"); ok && !strings.Contains(out, "\n\n") {
		return address
	}
	return "nothing"
}

// leads waits until a name leads to an address, or to "nothing".
func (l *lab) leads(name, to string) {
	l.t.Helper()
	eventually(l.t, name+" leads to "+to, func() error {
		if got := l.resolve(name); got != to {
			return fmt.Errorf("it leads to %s", got)
		}
		return nil
	})
}

// browse is what is announced of a kind, one line for each: name;host;address;port;texts.
func (l *lab) browse(kind string) (found []string) {
	for line := range strings.Lines(l.avahiSays("avahi-browse", "-rpt", kind)) {
		// =;eth0;IPv4;name;type;domain;host;address;port;texts
		if f := strings.SplitN(strings.TrimSpace(line), ";", 10); len(f) == 10 && f[0] == "=" && f[2] == "IPv4" {
			texts := strings.Split(strings.Trim(f[9], `"`), `" "`)
			slices.Sort(texts)
			found = append(found, strings.Join(append([]string{f[3], f[6], f[7], f[8]}, texts...), ";"))
		}
	}
	slices.Sort(found)
	return found
}

// announced waits until exactly these are announced of a kind. They are the
// beginnings of lines, and * stands for anything.
func (l *lab) announced(kind string, want ...string) {
	l.t.Helper()
	eventually(l.t, fmt.Sprintf("%s announces %q", kind, want), func() error {
		found := l.browse(kind)
		if len(found) != len(want) {
			return fmt.Errorf("there are %q", found)
		}
		for i, w := range want {
			for part := range strings.SplitSeq(w, "*") {
				if !strings.Contains(found[i], part) {
					return fmt.Errorf("there are %q", found)
				}
			}
		}
		return nil
	})
}
