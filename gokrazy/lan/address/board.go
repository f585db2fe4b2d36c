package address

import (
	"log/slog"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"rawtcpcom/gokrazy/lan/report"
)

// Board is where the report is put together, from the address and the trial of
// its settings. It is written, and logged, each time that it changes.
type Board struct {
	path string
	log  *slog.Logger
	mu   sync.Mutex
	now  report.Report
	told bool // there is a report
}

// NewBoard goes on from the report that is there: a program that is started
// again has not changed the address.
func NewBoard(path, name string, log *slog.Logger) *Board {
	b := &Board{path: path, log: log}
	if last, err := report.Read(path); err == nil && last.Interface == name {
		b.now, b.told = last, true
		return b
	}
	b.now = report.Report{Interface: name, How: report.None}
	return b
}

// Now is the report.
func (b *Board) Now() report.Report {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// Change changes the report.
func (b *Board) Change(change func(*report.Report)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := b.now
	change(&next)
	if b.told && reflect.DeepEqual(next, b.now) {
		return
	}
	next.Uptime = Uptime()
	b.now, b.told = next, true
	r := next
	b.log.Info("address", "interface", r.Interface, "mac", r.MAC, "cable", r.Cable, "how", r.How, "address", r.Address, "gateway", r.Gateway,
		"dns", strings.Join(r.DNS, ","), "ntp", strings.Join(r.NTP, ","), "search", strings.Join(r.Search, ","),
		"duplicate", r.Duplicate, "trial", r.Trial != nil, "problem", r.Problem, "undone", r.Undone)
	if err := r.Write(b.path); err != nil {
		b.log.Error("the other programs do not know the address", "error", err)
	}
}

// Uptime is for how many seconds the machine has been on.
func Uptime() float64 {
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return seconds
}
