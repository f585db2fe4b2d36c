package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/recorded"
)

// decoded is a payload read the slow way.
type decoded struct {
	Time, Type, To, From, SessionID string
	Data                            struct {
		Name    string
		Message json.RawMessage
	}
}

func decodePayload(t testing.TB, payload string) (d decoded, at time.Time) {
	t.Helper()
	if err := json.Unmarshal([]byte(payload), &d); err != nil {
		t.Fatalf("%s: %v", payload, err)
	}
	at, err := time.ParseInLocation(timeLayout, d.Time, time.Local)
	if err != nil {
		t.Fatal(err)
	}
	return d, at
}

func TestCommandsArePublishedAsTheOriginalPublishedThem(t *testing.T) {
	for _, session := range recorded.Sessions {
		t.Run(session, func(t *testing.T) {
			var published []string
			for _, e := range recorded.Events(t, session) {
				if e.Topic == Driver.Topic() {
					published = append(published, e.Payload)
				}
			}
			for _, line := range recorded.Socket(t, session) {
				if line.Dir != recorded.FromClient {
					continue
				}
				if len(published) == 0 {
					t.Fatalf("the original published nothing for %q", line.Bytes)
				}
				want := published[0]
				published = published[1:]
				d, at := decodePayload(t, want)
				m, e := Parse([]byte(strings.TrimRight(line.Bytes, "\r\n")), Rules{})
				if e != nil {
					t.Fatalf("%q: %v", line.Bytes, e)
				}
				got := AppendEnvelope(nil, at, m.Type, d.To, d.From, d.SessionID, m.Data)
				if m.Topic != Driver.Topic() || string(got) != want {
					t.Errorf("%q became\n %s on %s, want\n %s", line.Bytes, got, m.Topic, want)
				}
				if halt := strings.Contains(line.Bytes, `"halt"`); m.Halt != halt {
					t.Errorf("%q: halt %v", line.Bytes, m.Halt)
				}
			}
			if len(published) != 0 {
				t.Errorf("not reproduced: %q", published)
			}
		})
	}
}

func TestOwnLinesAreThoseOfTheOriginal(t *testing.T) {
	seen := map[string]int{}
	for _, session := range recorded.Sessions {
		for _, line := range recorded.Socket(t, session) {
			want := strings.TrimRight(line.Bytes, "\r\n")
			if line.Dir != recorded.ToClient || !strings.Contains(want, RelayID) || strings.Contains(want, "ERROR") {
				continue
			}
			d, at := decodePayload(t, want)
			reproduced := false
			for _, data := range []string{StartUp, Success, AlreadyConnected, Failed} {
				if string(AppendNotice(nil, at, d.To, data)) == want {
					seen[data]++
					reproduced = true
				}
			}
			if !reproduced {
				t.Errorf("no notice is like %s", want)
			}
		}
	}
	for _, data := range []string{StartUp, Success} { // of the others there was no occasion
		if seen[data] == 0 {
			t.Errorf("the recorded sessions hold no %s", data)
		}
	}
}

func TestHandshakesAreThoseOfTheOriginal(t *testing.T) {
	extends, shakes := 0, 0
	for _, session := range recorded.Sessions {
		for _, e := range recorded.Events(t, session) {
			if e.Topic != Driver.HandshakeTopic() {
				continue
			}
			d, at := decodePayload(t, e.Payload)
			switch e.Payload {
			case string(AppendExtend(nil, at, Driver, d.To, d.From)):
				extends++
			case string(AppendShake(nil, at, Driver, d.From)):
				shakes++
			default:
				t.Errorf("neither extend nor shake is like %s", e.Payload)
			}
		}
	}
	if extends < 4 || shakes < 3 {
		t.Errorf("%d extends and %d shakes in the recorded sessions", extends, shakes)
	}
}

func TestRepliesOfTheDriverAreRead(t *testing.T) {
	results := map[string]int{}
	for _, session := range recorded.Sessions {
		for _, e := range recorded.Events(t, session) {
			if e.Topic == Driver.Topic() || e.Topic == Driver.HandshakeTopic() {
				continue
			}
			d, _ := decodePayload(t, e.Payload)
			r, err := ParseReply([]byte(e.Payload))
			if err != nil || string(r.Type) != d.Type || string(r.To) != d.To || string(r.From) != d.From {
				t.Errorf("%s:\n got %q %q %q, %v", e.Payload, r.Type, r.To, r.From, err)
			}
			var message struct{ Result string }
			_ = json.Unmarshal(d.Data.Message, &message)
			isHandshake := d.Type == "handshake" && message.Result != ""
			if s, ok := r.Handshake(); ok != isHandshake || ok && (s != Driver || string(r.Result) != message.Result) {
				t.Errorf("%s: handshake %q %q, %v", e.Payload, s, r.Result, ok)
			}
			if isHandshake {
				results[message.Result]++
			}
			if line := Line([]byte(e.Payload)); string(line) != e.Payload {
				t.Errorf("the line %s became %s", e.Payload, line)
			}
		}
	}
	if results["success"] != 3 || results["already_connected"] != 2 {
		t.Errorf("handshakes in the recorded sessions: %v", results)
	}
}
