package wire

import (
	"strings"
	"testing"
)

// The bytes of the 2016 MATLAB client, which leaves the parameter out.
const (
	matlabHalt     = `{"topic":"driver", "to":"e925aeb0-50f6-42da-91ec-3c52275f9959","from":"7a316086-7fff-4f71-a068-f873119cd309","sessionID":"7a316086-7fff-4f71-a068-f873119cd309","type":"command","data":{"name":"smoothie","message":{"halt":}}}`
	matlabFlatHalt = `{"topic":"driver","type":"command","name":"smoothie","message":"halt","param":}`
)

func TestEveryWayToSayHaltStopsTheRobot(t *testing.T) {
	for name, c := range map[string]struct{ in, data string }{
		"MATLAB's":                   {matlabHalt, `{"name":"smoothie","message":{"halt":""}}`},
		"MATLAB's, flat":             {matlabFlatHalt, `{"name": "smoothie", "message": {"halt": ""}}`},
		"parameter and space left":   {command(`{"halt": }`), `{"name":"smoothie","message":{"halt":"" }}`},
		"a value left out elsewhere": {strings.Replace(flat(`"halt"`, `""`), `}`, `,"to":}`, 1), `{"name": "smoothie", "message": {"halt": ""}}`},
		"MATLAB's, M112":             {command(`{"M112":}`), `{"name":"smoothie","message":{"M112":""}}`},
		"key escaped":                {command(`{"h\u0061lt":}`), `{"name":"smoothie","message":{"h\u0061lt":""}}`},
		"full topic":                 {strings.Replace(matlabFlatHalt, `"driver"`, `"com.opentrons.driver"`, 1), `{"name": "smoothie", "message": {"halt": ""}}`},
		"well-formed":                {command(`{"halt":""}`), `{"name":"smoothie","message":{"halt":""}}`},
		"well-formed, flat":          {flat(`"halt"`, `null`), `{"name": "smoothie", "message": {"halt": ""}}`},
		"string":                     {command(`"halt"`), `{"name":"smoothie","message":"halt"}`},
		"G-code":                     {command(`{"M112":""}`), `{"name":"smoothie","message":{"M112":""}}`},
		"G-code, string":             {command(`"M112"`), `{"name":"smoothie","message":"M112"}`},
		"with other commands behind": {command(`{"halt":"","move":{"X":1}}`), `{"name":"smoothie","message":{"halt":"","move":{"X":1}}}`},
		"whatever the parameter":     {command(`{"halt":{"X":null,"Y":"NaN"}}`), `{"name":"smoothie","message":{"halt":{"X":null,"Y":"NaN"}}}`},
		"parameter is NaN":           {command(`{"halt":"NaN"}`), `{"name":"smoothie","message":{"halt":"NaN"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			m, e := Parse([]byte(c.in), Rules{})
			if e != nil {
				t.Fatal(e)
			}
			if !m.Halt || m.ClearQueue || !m.Urgent() || m.Topic != Driver.Topic() || string(m.Data) != c.data {
				t.Errorf("got %+v, data %s", m, m.Data)
			}
		})
	}
}

func TestWhatOnlyLooksLikeHaltIsNotUrgent(t *testing.T) {
	for _, in := range []string{
		command(`{"home":"","halt":""}`), // the driver takes the first
		command(`{"home":"halt"}`), command(`{"HALT":""}`), command(`{"reset_from_halt":""}`), command(`{"halt ":""}`),
		meta(`{"halt":""}`), command(`{"clear_queue":""}`),
		strings.Replace(command(`{"halt":""}`), `"driver"`, `"labware"`, 1),
		strings.Replace(command(`{"halt":""}`), `"command"`, `"Command"`, 1),
	} {
		if m, e := Parse([]byte(in), Rules{}); e != nil || m.Urgent() {
			t.Errorf("%s: urgent %v, %v", in, m.Urgent(), e)
		}
	}
}

func TestClearQueueIsUrgent(t *testing.T) {
	for _, in := range []string{
		meta(`{"clear_queue":""}`), meta(`"clear_queue"`), meta(`{"cle\u0061r_queue":null}`),
		strings.Replace(flat(`"clear_queue"`, `null`), "command", "meta", 1),
	} {
		if m, e := Parse([]byte(in), Rules{}); e != nil || !m.ClearQueue || m.Halt || !m.Urgent() {
			t.Errorf("%s: %+v, %v", in, m, e)
		}
	}
}

func TestMendingDoesNotTouchTheFrame(t *testing.T) {
	frame := []byte(matlabHalt)
	if _, e := Parse(frame, Rules{}); e != nil || string(frame) != matlabHalt {
		t.Errorf("the frame became %s, %v", frame, e)
	}
}

// All commands of the driver, as it lists them, and their G-codes.
func TestWhichCommandsOnlyAsk(t *testing.T) {
	asks := []string{"positions", "M114", "limit_switches", "M119", "feedback_on", "M62", "feedback_off", "M63"}
	moves := []string{
		"move", "G91 G0", "move_to", "G90 G0", "rapid_linear_move", "G0", "linear_move", "G1", "home", "G28",
		"absolute", "G90", "relative", "G91", "speed", "F", "speed_a", "a", "speed_b", "b", "speed_c", "c",
		"enable_motors", "M17", "disable_motors", "M18", "feed_rate", "M198", "seek_rate", "M199",
		"max_rates", "M203", "acceleration", "M204", "junction", "M205", "reset", "reset_from_halt", "M999",
		"nothing", "", "unknown", "Positions", "positions ", "M114 G0 X5",
	}
	check := func(in string, moves bool) {
		t.Helper()
		if m, e := Parse([]byte(in), Rules{}); e != nil || m.Command != moves || !m.Queued {
			t.Errorf("%s: %+v, %v", in, m, e)
		}
	}
	for _, name := range asks {
		check(command(`{"`+name+`":""}`), false)
	}
	for _, name := range moves {
		check(command(`{"`+name+`":""}`), true)
	}
	check(command(`{"p\u006fsitions":{"X":1}}`), false)
	check(command(`"positions"`), false)
	check(command(`{"positions":"","move":{"X":1}}`), false) // the driver takes the first
	check(command(`{"halt":""}`), false)                     // a stop leaves nothing to stop
	if m, e := Parse([]byte(meta(`{"flow":""}`)), Rules{}); e != nil || m.Command || m.Queued {
		t.Errorf("a meta command: %+v, %v", m, e)
	}
}
