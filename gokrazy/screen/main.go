// Command screen runs in the box and writes what a person needs who has nothing but
// a screen on its HDMI port, or a cable on its serial port: under which names and
// addresses the box is found, the page's address, and the first red link of the
// chain with what to do about it. It writes again whenever one of them changes.
//
// The consoles are the kernel's as well, and of gokrazy's own programs. So it is a
// few lines in the order of the log, in one write, with no control codes that would
// move the cursor of others. What changes all the time is not written each time:
// each writing doubles the pause to the next, up to two minutes, and what is
// written then is the newest; ten quiet minutes make the pause short again.
//
// Only printable ASCII is written. Parts of the text come from other machines, and
// a console takes control codes from anybody.
//
// What the page says is asked of the page and not judged here once more: it judges
// the whole chain. Names and addresses are looked up here, so that they are there
// also when the page is not.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"rawtcpcom/gokrazy/names/report"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/version"
)

const (
	lookEvery  = 2 * time.Second
	firstPause = 2 * time.Second
	maxPause   = 2 * time.Minute
	quietAfter = 10 * time.Minute
)

func main() {
	// HDMI, and what the kernel's command line names last: the serial port.
	screens := flag.String("screens", "/dev/tty1,/dev/console", "`files` of the consoles, comma-separated")
	page := flag.String("page", "http://127.0.0.1", "`URL` of the page")
	names := flag.String("names-file", report.Path, "`file` in which the program names tells the box's names")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log := logging.New(os.Stdout, slog.LevelInfo)
	log.Info("screen", "version", version.String())
	newScreen(*page, *names, strings.Split(*screens, ","), log).run(ctx)
}

// screen writes what it sees when that has changed.
type screen struct {
	look  func(context.Context) (sight, bool)
	write func(text string)
}

func newScreen(page, names string, consoles []string, log *slog.Logger) screen {
	see := &watcher{page: page, names: names, addresses: addresses, trusted: time.Now()}
	out := &writer{paths: consoles, log: log, failing: map[string]bool{}}
	return screen{look: see.look, write: out.write}
}

// run works until ctx ends.
func (s screen) run(ctx context.Context) {
	var shown string
	var last time.Time
	pause := firstPause
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if seen, known := s.look(ctx); known && ctx.Err() == nil {
			text := seen.text()
			since := time.Since(last)
			if since >= quietAfter {
				pause = firstPause
			}
			if text != shown && since >= pause {
				s.write(text)
				shown, last, pause = text, time.Now(), min(2*pause, maxPause)
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
