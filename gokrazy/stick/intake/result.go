package intake

import (
	"fmt"
	"os"
	"strings"
	"time"

	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/stick/report"
)

// resultText is the file that people read. They open it in Notepad, so lines end
// with CRLF, and a byte order mark tells what is not ASCII.
func resultText(r report.Report, box Box) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if r.Reset {
		line("RESET: the settings were made those of a new box, without a password.")
		line("%s is %s now. The client ids stayed.", resetNames[0], doneName)
		line("")
	}
	outcome(line, r)
	for _, trouble := range r.Trouble {
		line("NOTE: %s.", trouble)
	}
	line("")
	aboutBox(line, r, box)
	line("")
	aboutRed(line, box)
	text := strings.ReplaceAll(b.String(), "\n", "\r\n")
	if strings.ContainsFunc(text, func(c rune) bool { return c > 127 }) {
		text = "\ufeff" + text
	}
	return []byte(text)
}

func outcome(line func(string, ...any), r report.Report) {
	switch r.Outcome {
	case report.Taken:
		line("TAKEN: the box has these settings from %s. All others are as before.", r.File)
		for _, setting := range r.Named {
			line("  %s", setting)
		}
		if len(r.Named) == 0 {
			line("  (the file sets nothing: each of its lines is empty, a section, or begins with #)")
		}
		if r.Secrets {
			line("Delete the secrets from %s, or delete the file: whoever finds the stick can read them.", r.File)
		}
	case report.Known:
		line("NOTHING NEW: %s was taken before and has not changed since.", r.File)
		line("So it undid nothing that was changed on the page. To have it taken again, change")
		line("anything in it; a line such as \"# again\" will do.")
	case report.Refused:
		line("NOT TAKEN: %s has errors, so it changed nothing.", r.File)
		for _, p := range r.Problems {
			line("  %s", p)
		}
		line("Correct that, and plug the stick in again.")
	}
}

func aboutBox(line func(string, ...any), r report.Report, box Box) {
	line("THE BOX, %.0f s after power-on%s", r.Uptime, clock(time.Now()))
	line("  version: %s", box.Version)
	for _, name := range box.Names {
		line("  name: %s, and its page http://%s/", name, name)
	}
	a := box.Address
	address, _, _ := strings.Cut(a.Address, "/")
	switch {
	case a.How == "" && len(box.Found) == 0:
		line("  address: none, or not known")
	case a.How == "":
		for _, found := range box.Found {
			line("  address: %s, and its page http://%s/", found, found)
		}
	case address == "" && !a.Cable:
		line("  address: none, since no network cable is plugged in")
	case address == "":
		line("  address: none so far; is the cable plugged into a network?")
	default:
		line("  address: %s (%s), and its page http://%s/", a.Address, hows[a.How], address)
	}
	if a.Duplicate != "" {
		line("  NOTE: another machine (%s) has the address %s too; give the box another.", a.Duplicate, a.DuplicateOf)
	}
	for _, note := range []string{a.Problem, a.Undone} {
		if note != "" {
			line("  NOTE: %s", note)
		}
	}
}

var hows = map[lan.How]string{
	lan.DHCP:      "from the network, by DHCP",
	lan.Static:    "static, from the settings",
	lan.LinkLocal: "link-local, since no DHCP server answers",
	lan.None:      "none",
}

func aboutRed(line func(string, ...any), box Box) {
	switch {
	case box.Unknown != "":
		line("WHAT IS WRONG is not known, since the page could not be asked: %s.", box.Unknown)
		line("Look at the page or the lamps in a minute.")
	case len(box.Red) == 0:
		line("NOTHING IS WRONG that the box knows of.")
	default:
		line("WHAT IS WRONG")
		for _, t := range box.Red {
			line("  %s: %s", t.Link, t.Text)
			if t.Do != "" {
				line("    %s", t.Do)
			}
		}
	}
}

// clock is what the clock says; a box that was just switched on may not know the
// time.
func clock(now time.Time) string {
	if now.Year() < 2025 {
		return ""
	}
	return now.UTC().Format(", 2006-01-02 15:04 UTC")
}

// writeResult replaces the result on a medium. A result that is cut short would
// say half of what is wrong, so none stays.
func writeResult(m Medium, text []byte) error {
	err := written(m, func(root *os.Root) error {
		f, err := root.OpenFile(resultName, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			return err
		}
		_, err = f.Write(text)
		if err == nil {
			err = f.Sync()
		}
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			_ = root.Remove(resultName) // what is wrong is said by err
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s cannot be written (%w); look at the box's page for what became of the stick", resultName, plain(err))
	}
	return nil
}
