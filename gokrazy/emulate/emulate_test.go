package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/emulator"
)

// The card is copied from the image, kept while that stays, and made anew when
// the image was, saying so.
func TestCardFollowsTheImage(t *testing.T) {
	dir := t.TempDir()
	o := options{image: filepath.Join(dir, "image"), dir: dir}
	card := filepath.Join(dir, "card.img")
	made := time.Now().Add(-time.Hour)
	image := func(content string) {
		t.Helper()
		made = made.Add(time.Minute)
		if err := os.WriteFile(o.image, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(o.image, made, made); err != nil {
			t.Fatal(err)
		}
	}
	step := func(name string, o options, holds string, says bool) {
		t.Helper()
		var out bytes.Buffer
		if err := prepare(o, card, &out); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(card)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != holds || strings.Contains(out.String(), "is not the one") != says {
			t.Errorf("%s: the card holds %q, not %q; it says %q", name, got, holds, out.String())
		}
		// The box writes to it.
		if err := os.WriteFile(card, []byte(holds+" used"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := prepare(o, card, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "make image") {
		t.Errorf("without an image: %v", err)
	}
	image("one")
	step("first", o, "one", false)
	step("again", o, "one used", false)
	image("two")
	kept, fresh := o, o
	kept.keep, fresh.fresh = true, true
	step("kept", kept, "one used used", true)
	step("the image is newer", o, "two", true)
	step("the image stays", o, "two used", false)
	step("a new card", fresh, "two", false)
}

func TestGreetingCanBePasted(t *testing.T) {
	addr := func(port int) string { return "127.0.0.1:" + strconv.Itoa(10000+port) }
	named := emulator.Robot{Set: true, Router: "ws://192.168.1.20:8080/ws"}
	if text := greeting(addr, emulator.Robot{Router: emulator.UsualRouter}, robot{}, false); !strings.Contains(text, "Set ws://10.10.1.2:8080/ws on the page") {
		t.Errorf("without a robot it says\n%s", text)
	}
	text := greeting(addr, named, robot{is: "a simulated robot that was started here"}, false)
	for _, want := range []string{
		"\n    nc 127.0.0.1 " + strconv.Itoa(10000+emulator.RelayPort) + "\n", "http://" + addr(emulator.PagePort) + "/",
		"dials 192.168.1.20:8080, which leads to a simulated robot", "reaches nothing else",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if text := greeting(addr, named, robot{}, true); !strings.Contains(text, "REAL NETWORK") || strings.Contains(text, "reaches nothing") {
		t.Errorf("with -outside it says\n%s", text)
	}
}

// The box is led to a simulated robot of its dialect, unless another is named.
func TestRobotIsSimulatedUnlessNamed(t *testing.T) {
	for _, backend := range []string{"", "driver", "otone"} {
		r, err := findRobot(t.Context(), "", backend)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", r.address)
		if err != nil {
			t.Errorf("%s: %v", backend, err)
		} else {
			conn.Close()
		}
		r.stop()
	}
	for asked, want := range map[string]string{"none": "", "127.0.0.1:8080": "127.0.0.1:8080"} {
		if r, err := findRobot(t.Context(), asked, ""); err != nil || r.address != want || strings.Contains(r.is, "simulated") {
			t.Errorf("%s: %+v, %v", asked, r, err)
		}
	}
	if _, err := findRobot(t.Context(), "robot", ""); err == nil {
		t.Error("a robot without a port is one")
	}
}
