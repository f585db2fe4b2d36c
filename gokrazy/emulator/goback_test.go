//go:build image

package emulator_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/rollback"
	"rawtcpcom/relay/state"
)

// broken is a config whose relay does not work.
func broken(c instance.Config, flags ...string) instance.Config {
	const relay, program = "rawtcpcom/relay", "rawtcpcom/gokrazy/emulator/broken"
	c = c.Clone()
	c.Packages[slices.Index(c.Packages, relay)] = program
	delete(c.PackageConfig, relay)
	c.PackageConfig[program] = instance.Package{Basename: "relay", CommandLineFlags: flags}
	return c
}

// impatient is a config whose trial does not last the three minutes of the box
// in use, which the tests of package rollback keep to.
func impatient(c instance.Config, patience string) instance.Config {
	c.SetFlag("rawtcpcom/gokrazy/trial", "patience", patience)
	return c
}

// testGoesBack sends a version that does not serve and waits for the box to
// go back. Meanwhile it looks on with a test of its own, which may be nil.
func testGoesBack(t *testing.T, b *box, c instance.Config, number string, meanwhile func(*testing.T, *box)) {
	before := b.version(t)
	send(t, b, c, number)
	began := time.Now()
	logged(t, b, "/user/trial", "this version is on trial")
	if meanwhile != nil {
		meanwhile(t, b)
	}
	restart(t, b)
	s := b.waitState(t, bootDeadline, "the version before", func(s state.State) bool { return s.Version == before })
	t.Logf("%v after %s had started, the relay of %s answers again", time.Since(began).Round(time.Second), number, s.Version)
	noticed(t, b, number)
}

// testStall waits until a relay that hangs has ended by its own check for a stall, and
// runs again.
func testStall(t *testing.T, b *box) {
	before := b.service(t, "/user/relay")
	logged(t, b, "/user/relay", "nothing has got through")
	eventually(t, deadline, "the hung relay is started again", func() error {
		if after := b.service(t, "/user/relay"); after.Pid == before.Pid || after.Pid == 0 {
			return fmt.Errorf("its process is %d", after.Pid)
		}
		return nil
	})
}

// testRestarts cuts the power of a version on trial until the box goes back.
func testRestarts(t *testing.T, b *box, c instance.Config, number string) {
	before := b.version(t)
	send(t, b, c, number)
	for start := 1; start < rollback.MaxStarts; start++ {
		logged(t, b, "/user/trial", fmt.Sprintf("start=%d", start))
		if err := b.Restart(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), bootDeadline)
		err := b.WaitNetwork(ctx)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
	}
	restart(t, b)
	b.waitState(t, bootDeadline, "the version before", func(s state.State) bool { return s.Version == before })
	noticed(t, b, number)
}

// noticed looks whether a person is told that the box went back: in the log,
// in the relay's state, and on the page.
func noticed(t *testing.T, b *box, number string) {
	t.Helper()
	logged(t, b, "/user/trial", "the box went back to this version")
	told := func(notices []state.Notice) bool {
		return slices.ContainsFunc(notices, func(n state.Notice) bool {
			return strings.Contains(n.Text, number) && strings.Contains(n.Text, "The box went back")
		})
	}
	s, err := b.state()
	if err != nil {
		t.Fatal(err)
	}
	if !told(s.Notices) {
		t.Errorf("the relay's state does not tell that %s failed: %+v", number, s.Notices)
	}
	var page struct{ Notices []state.Notice }
	eventually(t, deadline, "the page's data tell that "+number+" failed", func() error {
		if err := b.getJSON("/api/status", &page); err != nil {
			return err
		}
		if !told(page.Notices) {
			return fmt.Errorf("its notices are %+v", page.Notices)
		}
		return nil
	})
	shown(t, b, "The box went back")
}

// shown waits until the page, in a browser, shows a text.
func shown(t *testing.T, b *box, text string) {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		const remedy = "the page is not looked at: there is no Chromium here; apt-get install chromium brings it in"
		if os.Getenv("CI") != "" {
			t.Error(remedy)
		}
		t.Log(remedy)
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox)
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	defer stop()
	ctx, closeTab := chromedp.NewContext(ctx)
	defer closeTab()
	if err := chromedp.Do(ctx, chromedp.Navigate("http://"+b.Addr(emulator.PagePort)+"/")); err != nil {
		t.Fatalf("load the page: %v", err)
	}
	has := fmt.Sprintf("document.body.innerText.includes(%q)", text)
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](has, chromedp.WithPollingTimeout(deadline))); err != nil {
		all, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
		t.Errorf("the page does not show %q: %v; it shows:\n%s", text, err, all)
	}
}
