package faults_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"testing"

	. "rawtcpcom/relay/relaytest"
)

// ledger accounts for messages: each that a client sent was published exactly
// once, or it was answered with one error; one whose outcome is unknown, at
// most once. The messages are commands that the driver does not know and
// swallows, each with a name of its own; the relay is to pass them (-check off).
type ledger struct {
	t testing.TB

	mu   sync.Mutex
	sent []entry
	told map[entry][]string // codes of the errors, in the order they came
}

// entry is one message: which client's, and the how manyeth.
type entry struct{ client, number int }

func newLedger(t testing.TB) *ledger { return &ledger{t: t, told: map[entry][]string{}} }

// message is the text of a message that is entered as sent.
func (l *ledger) message(client, number int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := entry{client, number}
	l.sent = append(l.sent, e)
	return Command(e.String(), "null")
}

func (e entry) String() string { return fmt.Sprintf("c%d-%d", e.client, e.number) }

var entryName = regexp.MustCompile(`c(\d+)-(\d+)`)

func parseEntry(text string) (e entry, ok bool) {
	m := entryName.FindStringSubmatch(text)
	if m == nil {
		return entry{}, false
	}
	e.client, _ = strconv.Atoi(m[1])
	e.number, _ = strconv.Atoi(m[2])
	return e, true
}

// read enters what a client was told. Lines that are no error lines about a
// message of the ledger are none of its business.
func (l *ledger) read(lines []Message) {
	for _, line := range lines {
		l.readLine(line)
	}
}

func (l *ledger) readLine(line Message) {
	if line.Type != "error" {
		return
	}
	if e, ok := parseEntry(line.Error().Received); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.told[e] = append(l.told[e], line.Error().Code)
	}
}

// codes are the codes a client was told, by number, "" for none.
func (l *ledger) codes(client, n int) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	codes := make([]string, n)
	for i := range codes {
		if told := l.told[entry{client, i}]; len(told) > 0 {
			codes[i] = told[0]
		}
	}
	return codes
}

// audit checks the ledger against the payloads that were published, in order.
// It returns how many messages were published, refused, and of unknown outcome.
func (l *ledger) audit(payloads []string) (published, refused, unknown int) {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	times := map[entry]int{}
	last := map[int]int{}
	for _, payload := range payloads {
		e, ok := parseEntry(commandOf(payload))
		if !ok {
			continue
		}
		times[e]++
		if previous, seen := last[e.client]; seen && previous >= e.number && times[e] == 1 {
			l.t.Errorf("%v was published after c%d-%d", e, e.client, previous)
		}
		last[e.client] = e.number
	}
	for _, e := range l.sent {
		told := l.told[e]
		switch n := times[e]; {
		case len(told) > 1:
			l.t.Errorf("%v was answered %d times: %v", e, len(told), told)
		case n > 1:
			l.t.Errorf("%v was published %d times", e, n)
		case len(told) == 0 && n == 1:
			published++
		case len(told) == 0:
			l.t.Errorf("%v disappeared: neither published nor answered", e)
		case told[0] == "outcome_unknown":
			unknown++
		case n == 0:
			refused++
		default:
			l.t.Errorf("%v was refused (%s) and published all the same", e, told[0])
		}
	}
	return published, refused, unknown
}

func commandOf(payload string) string {
	var m struct {
		Data struct{ Message json.RawMessage }
	}
	_ = json.Unmarshal([]byte(payload), &m) // nothing of the ledger's then
	return string(m.Data.Message)
}
