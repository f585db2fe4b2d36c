package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Windows of the pipelined rows: messages of a client that are on their way
// at once. A few large ones fill every buffer.
const (
	window      = 64
	largeWindow = 4
	large       = 100_000 // bytes
)

func windowOf(size int) int {
	if size >= large {
		return largeWindow
	}
	return window
}

// sample is one round of one kind.
type sample struct {
	times []time.Duration // of each round trip, sorted; none where pipelined
	rate  float64         // messages per second
	cpu   time.Duration   // per message, of the process that speaks WAMP
}

func (s sample) quantile(q float64) time.Duration {
	return s.times[min(len(s.times)-1, int(q*float64(len(s.times))))]
}

// kind is a way to the echo.
type kind struct {
	name string
	open func() (caller, error)
	cpu  func() time.Duration // of the process that speaks WAMP
}

func (p *peers) kinds(size int, pipelined bool) []kind {
	kinds := []kind{
		{"straight", func() (caller, error) { return newStraight(p.url, size, false, pipelined) }, ownCPU},
		{"straight, acknowledged", func() (caller, error) { return newStraight(p.url, size, true, pipelined) }, ownCPU},
		p.relay.kind("relay", size),
	}
	if p.beside != nil {
		kinds = append(kinds, p.beside.kind("the relay beside it", size))
	}
	return kinds
}

func (r *relay) kind(name string, size int) kind {
	return kind{name, func() (caller, error) { return newRelayed(r.addr, size) }, r.cpu}
}

func openAll(k kind, n int) (callers []caller, err error) {
	for range n {
		c, err := k.open()
		if err != nil {
			closeAll(callers)
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
		callers = append(callers, c)
	}
	return callers, nil
}

func closeAll(callers []caller) {
	for _, c := range callers {
		c.close()
	}
}

// measure lets every client send for a time, with so many messages of each on
// their way at once, and waits for the last answer.
func (k kind) measure(callers []caller, inFlight int, length time.Duration) (sample, error) {
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	return k.drive(callers, inFlight, func(int) bool { return ctx.Err() == nil })
}

// drive does that as long as more says so, given how many a client has sent.
func (k kind) drive(callers []caller, inFlight int, more func(sent int) bool) (sample, error) {
	times := make([][]time.Duration, len(callers))
	errs := make([]error, len(callers))
	counts := make([]int, len(callers))
	began, cpu := time.Now(), k.cpu()
	var clients sync.WaitGroup
	for i, c := range callers {
		clients.Go(func() {
			sent, answered := 0, 0
			var last time.Time
			for {
				for sent-answered < inFlight && more(sent) {
					last = time.Now()
					if errs[i] = c.send(); errs[i] != nil {
						return
					}
					sent++
				}
				if sent == answered {
					break
				}
				if errs[i] = c.answer(); errs[i] != nil {
					return
				}
				if answered++; inFlight == 1 {
					times[i] = append(times[i], time.Since(last))
				}
			}
			counts[i] = sent
		})
	}
	clients.Wait()
	took := time.Since(began)
	n := 0
	for i := range callers {
		if errs[i] != nil {
			return sample{}, errs[i]
		}
		n += counts[i]
	}
	s := sample{
		times: slices.Concat(times...), rate: float64(n) / took.Seconds(),
		cpu: (k.cpu() - cpu) / time.Duration(n),
	}
	slices.Sort(s.times)
	return s, nil
}

// rounds alternates between the kinds and returns the samples of each.
func rounds(o options, kinds []kind, clients, inFlight int) ([][]sample, error) {
	all := make([][]caller, len(kinds))
	for i, k := range kinds {
		var err error
		if all[i], err = openAll(k, clients); err != nil {
			return nil, err
		}
		defer closeAll(all[i])
		if _, err := k.measure(all[i], inFlight, o.round/4); err != nil { // to warm up
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
	}
	samples := make([][]sample, len(kinds))
	for range o.rounds {
		for i, k := range kinds {
			s, err := k.measure(all[i], inFlight, o.round)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k.name, err)
			}
			samples[i] = append(samples[i], s)
		}
	}
	return samples, nil
}

// median of a quantity over rounds.
func median[T float64 | time.Duration](samples []sample, of func(sample) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// ratio is the median of a's part of b over rounds that ran next to each other.
func ratio[T float64 | time.Duration](a, b []sample, of func(sample) T) float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = float64(of(a[i])) / float64(of(b[i]))
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cpu is the CPU time that the process has taken, to a hundredth of a second.
func (p *process) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // from "state", proc(5)
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * (time.Second / 100)
}

// memory is what the process holds in memory, and the most it ever held, in MiB.
func (p *process) memory() (now, most float64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(status)) {
		var kib float64
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kib); err == nil {
			now = kib / 1024
		}
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kib); err == nil {
			most = kib / 1024
		}
	}
	return now, most
}

// watch opens the page's stream of messages until the returned function is
// called, which says how many bytes came.
func (r *relay) watch() (stop func() int, err error) {
	answer, err := http.Get("http://" + r.api + "/messages")
	if err != nil {
		return nil, err
	}
	read := make(chan int, 1)
	go func() {
		n, buf := 0, make([]byte, 64<<10)
		for {
			k, err := answer.Body.Read(buf)
			if n += k; err != nil {
				read <- n
				return
			}
		}
	}()
	return func() int { answer.Body.Close(); return <-read }, nil
}
