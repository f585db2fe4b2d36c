package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"
)

// table is what is printed.
type table struct{ rows [][]string }

func newTable(beside bool) *table {
	head := []string{"", "clients", "payload", "straight WAMP", "acknowledged", "relay", "relay/straight", "relay/acknowledged"}
	if beside {
		head = append(head, "beside", "relay/beside")
	}
	return &table{rows: [][]string{head}}
}

func (t *table) add(cells ...string) {
	t.rows = append(t.rows, cells)
	fmt.Fprintln(os.Stderr, cells) // it takes a while
}

func (t *table) print(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range t.rows {
		for _, cell := range row {
			fmt.Fprintf(tw, "%s\t", cell)
		}
		fmt.Fprintln(tw)
	}
	tw.Flush()
	fmt.Fprint(w, footnote)
}

const footnote = `
straight WAMP   a WAMP client (nexus) that publishes to the echoing peer itself; "acknowledged": each publish is
relay           a TCP client of the relay, which acknowledges each publish
beside          the relay of -beside, in the same way
pipelined       64 messages of a client on their way at once; 4 where they are large
CPU a message   of the process that speaks WAMP: the client's own, or the relay
ratios          medians over rounds that ran next to each other
`

func bytesText(n int) string {
	switch {
	case n >= 100_000:
		return fmt.Sprintf("%d kB", n/1000)
	case n >= 1024:
		return fmt.Sprintf("%d KiB", n/1024)
	}
	return fmt.Sprintf("%d B", n)
}

func microseconds(d time.Duration) string {
	if d >= 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.0f µs", float64(d)/float64(time.Microsecond))
}

func times(r float64) string { return fmt.Sprintf("%.2f", r) }

// row adds one quantity of all kinds.
func row[T float64 | time.Duration](t *table, name string, clients, size int, samples [][]sample, of func(sample) T, text func(T) string) {
	cells := []string{name, fmt.Sprint(clients), bytesText(size),
		text(median(samples[0], of)), text(median(samples[1], of)), text(median(samples[2], of)),
		times(ratio(samples[2], samples[0], of)), times(ratio(samples[2], samples[1], of))}
	if len(samples) > 3 {
		cells = append(cells, text(median(samples[3], of)), times(ratio(samples[2], samples[3], of)))
	}
	t.add(cells...)
}

func rateText(r float64) string { return fmt.Sprintf("%.0f/s", r) }
func rateOf(s sample) float64   { return s.rate }

func (p *peers) roundTrips(o options, t *table, clients, size int) error {
	samples, err := rounds(o, p.kinds(size, false), clients, 1)
	if err != nil {
		return err
	}
	row(t, "round trip p50", clients, size, samples, func(s sample) time.Duration { return s.quantile(0.5) }, microseconds)
	row(t, "round trip p99", clients, size, samples, func(s sample) time.Duration { return s.quantile(0.99) }, microseconds)
	return nil
}

func (p *peers) pipelined(o options, t *table, clients, size int) error {
	samples, err := rounds(o, p.kinds(size, true), clients, windowOf(size))
	if err != nil {
		return err
	}
	row(t, "pipelined", clients, size, samples, rateOf, rateText)
	row(t, "CPU a message", clients, size, samples, func(s sample) time.Duration { return s.cpu }, microseconds)
	return nil
}

// tapped measures the relay with somebody watching GET /messages beside
// itself with nobody there.
func (p *peers) tapped(o options, t *table) error {
	const clients, size = 1, 100
	relay := p.relay.kind("relay", size)
	callers, err := openAll(relay, clients)
	if err != nil {
		return err
	}
	defer closeAll(callers)
	var plain, tapped []sample
	for range o.rounds {
		s, err := relay.measure(callers, window, o.round)
		if err != nil {
			return err
		}
		plain = append(plain, s)
		stop, err := p.relay.watch()
		if err != nil {
			return err
		}
		s, err = relay.measure(callers, window, o.round)
		if seen := stop(); err == nil && seen == 0 {
			err = fmt.Errorf("nothing came on /messages")
		}
		if err != nil {
			return err
		}
		tapped = append(tapped, s)
	}
	t.add("pipelined, /messages watched", fmt.Sprint(clients), bytesText(size), "", "",
		fmt.Sprintf("%.0f/s, unwatched %.0f/s", median(tapped, rateOf), median(plain, rateOf)),
		"watched/unwatched", times(ratio(tapped, plain, rateOf)))
	return nil
}

// soak sends a great number of messages through a new relay and looks at its
// memory before and after.
func (p *peers) soak(o options) error {
	fresh, err := startRelay(o.relay, p.url)
	if err != nil {
		return err
	}
	defer fresh.close()
	const clients, size = 4, 100
	relay := fresh.kind("relay", size)
	callers, err := openAll(relay, clients)
	if err != nil {
		return err
	}
	defer closeAll(callers)
	before, _ := fresh.memory()
	s, err := relay.drive(callers, window, func(sent int) bool { return sent < o.soak/clients })
	if err != nil {
		return err
	}
	after, most := fresh.memory()
	fmt.Printf("memory of the relay (RSS): %.1f MiB at the start, %.1f MiB after %d messages of %d clients (%.0f/s), %.1f MiB at most\n",
		before, after, o.soak, clients, s.rate, most)
	return nil
}
