package browsertest

import (
	"path/filepath"
	"testing"

	"rawtcpcom/gokrazy/names/report"
)

// The page shows under which names the box is found, and says where another box
// has the plain one.
func TestPageShowsTheNames(t *testing.T) {
	b := newBox(t, "-simulate")
	b.status.kill()
	file := filepath.Join(t.TempDir(), "names.json")
	b.status = start(t, "status", append(b.statusArgs, "-names-file", file)...)
	x := b.open(t)
	const (
		header = `document.querySelector("header").innerText`
		notice = `document.getElementById("notices").textContent`
		own    = "rawtcpcom-345678.local"
		plain  = "rawtcpcom.local"
	)
	x.wait(t, "the robot is there", goodLinks+` === 5`)
	tell := func(n report.Names) {
		t.Helper()
		if err := n.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	tell(report.Names{Plain: plain, Own: own, Wanted: plain})
	x.wait(t, "both names are shown", header+`.includes("`+plain+` · `+own+`") && `+notice+` === ""`)
	tell(report.Names{Own: own, Wanted: plain, TakenBy: "192.0.2.7"})
	x.wait(t, "the page says who has the name",
		notice+`.includes("Another box at 192.0.2.7 is `+plain+`; this one is `+own+`") && !`+header+`.includes("`+plain+`")`)
	x.wait(t, "nothing is wider than a phone's screen",
		`(document.querySelector("header").style.width = "320px", document.querySelector(".brand").scrollWidth <= 320)`)
	tell(report.Names{})
	x.wait(t, "no name is shown", `!`+header+`.includes(".local") && `+notice+` === ""`)
}
