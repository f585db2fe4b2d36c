package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.Local)

func TestTimeIsPythonsLocalTimeToTheMicrosecond(t *testing.T) {
	zone := time.FixedZone("elsewhere", 5*3600)
	for nanoseconds, want := range map[int]string{
		0: "12:00:00.000000", 999: "12:00:00.000000", 1000: "12:00:00.000001", 120_000_000: "12:00:00.120000", 999_999_999: "12:00:00.999999",
	} {
		at := noon.Add(time.Duration(nanoseconds))
		got := string(AppendEnvelope(nil, at.In(zone), `"t"`, "", "", "", []byte(`{}`)))
		if !strings.HasPrefix(got, `{"time": "2026-11-22 `+want+`", "type": "t", `) {
			t.Errorf("%d ns: %s", nanoseconds, got)
		}
	}
}

func TestEnvelopeIsAppended(t *testing.T) {
	got := string(AppendEnvelope([]byte("before "), noon, `"command"`, "d1", "c1", "s1", []byte(`{"a": 2.50}`)))
	want := `before {"time": "2026-11-22 12:00:00.000000", "type": "command", "to": "d1", "from": "c1", "sessionID": "s1", "data": {"a": 2.50}}`
	if got != want {
		t.Errorf("got\n %s, want\n %s", got, want)
	}
}

func TestIdsCannotBreakOutOfTheEnvelope(t *testing.T) {
	hostile := "\",\"from\":\"x\n\xff\\"
	b := AppendEnvelope(nil, noon, `"t"`, hostile, hostile, hostile, []byte(`{}`))
	var got map[string]any
	want := "\",\"from\":\"x\n\uFFFD\\"
	if err := json.Unmarshal(b, &got); err != nil || got["to"] != want || got["from"] != want || got["sessionID"] != want {
		t.Errorf("%s: %v, %v", b, got, err)
	}
}

func TestNoticeOfFailureGivesTheReason(t *testing.T) {
	data := FailedBecause("5 ids are \"taken\";\nrestart the driver")
	var got struct {
		Name    string
		Message struct{ Result, Reason string }
	}
	if err := json.Unmarshal([]byte(data), &got); err != nil || got.Name != "TCP relay" || got.Message.Result != "failed" || got.Message.Reason != "5 ids are \"taken\";\nrestart the driver" {
		t.Errorf("%s: %+v, %v", data, got, err)
	}
	line := AppendNotice(nil, noon, "c1", data)
	checkLine(t, line)
	if !strings.Contains(string(line), `"type": "TCP handshake", "to": "c1", "from": "com.opentrons.tcpRelay", "sessionID": "c1", "data": {"name": "TCP relay", "message": {"result": "failed", `) {
		t.Errorf("got %s", line)
	}
}

func TestExtendNamesItsServiceAndShakeItsReceiver(t *testing.T) {
	for _, s := range Services {
		if got := string(AppendExtend(nil, noon, s, "s1", "c1")); !strings.HasSuffix(got,
			`"type": "handshake", "to": "s1", "from": "c1", "sessionID": "c1", "data": {"name": "`+string(s)+`", "message": {"extend": "true"}}}`) {
			t.Errorf("extend: %s", got)
		}
		if got := string(AppendShake(nil, noon, s, "c1")); !strings.HasSuffix(got,
			`"type": "handshake", "to": "`+string(s)+`", "from": "c1", "sessionID": "c1", "data": {"name": "TCP comm", "message": {"shake": "true"}}}`) {
			t.Errorf("shake: %s", got)
		}
	}
}

// checkLine checks that a line for a client is one line of valid JSON with
// exactly the keys of an envelope, in their order.
func checkLine(t testing.TB, line []byte) {
	t.Helper()
	if strings.ContainsAny(string(line), "\n\r") || !utf8.Valid(line) || !json.Valid(line) {
		t.Fatalf("%q is not one line of JSON", line)
	}
	d := json.NewDecoder(strings.NewReader(string(line)))
	_, _ = d.Token()
	var keys []string
	for d.More() {
		key, _ := d.Token()
		keys = append(keys, key.(string))
		var value json.RawMessage
		_ = d.Decode(&value)
	}
	if got := strings.Join(keys, " "); got != "time type to from sessionID data" {
		t.Fatalf("the envelope %s has the keys %s", line, got)
	}
}

func TestErrorLineTellsCodeTextAndWhatWasReceived(t *testing.T) {
	line := AppendError(nil, noon, "c1", &Error{Code: BadJSON, Text: `say "please"`}, []byte(`{"a":NaN}`))
	want := `{"time": "2026-11-22 12:00:00.000000", "type": "error", "to": "c1", "from": "com.opentrons.tcpRelay", "sessionID": "c1", ` +
		`"data": {"name": "TCP relay", "message": {"error": {"code": "bad_json", "text": "say \"please\"", "received": "{\"a\":NaN}"}}}}`
	if string(line) != want {
		t.Errorf("got\n %s, want\n %s", line, want)
	}
}

func TestErrorLineIsOneLineOfJSONWhateverWasReceived(t *testing.T) {
	var all []byte
	for c := range 256 {
		all = append(all, byte(c))
	}
	for _, received := range [][]byte{nil, {}, all, all[100:], []byte("\r\n\r\n"), []byte(strings.Repeat("ä", 200)), []byte(strings.Repeat("x", 199) + "€"), []byte(strings.Repeat(`"`, 1<<20))} {
		checkError(t, &Error{Code: TooLarge, Text: string(received)}, received)
	}
}

func checkError(t testing.TB, e *Error, received []byte) {
	t.Helper()
	line := AppendError(nil, noon, "c1", e, received)
	checkLine(t, line)
	var got struct {
		Data struct {
			Message struct {
				Error struct{ Code, Text, Received string }
			}
		}
	}
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatal(err)
	}
	want := string([]rune(string(received[:min(len(received), ReceivedSize)])))
	if e2 := got.Data.Message.Error; e2.Code != string(e.Code) || e2.Text != string([]rune(e.Text)) || e2.Received != want {
		t.Fatalf("the error line reads %q", e2)
	}
}

func TestCodesAreAClosedSet(t *testing.T) {
	var names []string
	for _, code := range Codes {
		c := code.Code
		names = append(names, string(c))
	}
	if got := strings.Join(names, " "); got != "bad_json bad_message too_large unknown_topic refused router_down driver_absent driver_full robot_not_connected outcome_unknown busy robot_halted" {
		t.Errorf("the codes are %s; clients switch on them", got)
	}
	if got := (&Error{Code: Busy, Text: "wait"}).Error(); got != "busy: wait" {
		t.Errorf("got %s", got)
	}
}
