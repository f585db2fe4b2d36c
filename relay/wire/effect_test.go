package wire

import "testing"

// All commands of the driver that end a halt, and what a halted board still answers.
func TestEffectOfTheDriversCommands(t *testing.T) {
	for name, want := range map[string]Effect{
		"halt": Halts, "M112": Halts,
		"reset_from_halt": Resets, "M999": Resets, "reset": Resets,
		"positions": Obeyed, "M114": Obeyed, "limit_switches": Obeyed, "feedback_on": Obeyed, "feedback_off": Obeyed,
		"home": Dropped, "move": Dropped, "G91 G0": Dropped, "speed": Dropped, "relative": Dropped, "nothing": Dropped, "their_own": Dropped, "HALT": Dropped,
	} {
		for _, in := range []string{command(`{"` + name + `":""}`), command(`"` + name + `"`)} {
			if m, e := Parse([]byte(in), Rules{}); e != nil || m.Effect != want {
				t.Errorf("%s: effect %d, not %d; %v", in, m.Effect, want, e)
			}
			if got := Overheard([]byte(in)); got != want {
				t.Errorf("%s from elsewhere: effect %d, not %d", in, got, want)
			}
		}
	}
	for _, in := range []string{meta(`{"flow":""}`), meta(`{"halt":""}`), meta(`{"clear_queue":""}`)} {
		if m, e := Parse([]byte(in), Rules{}); e != nil || m.Effect != Obeyed || Overheard([]byte(in)) != Obeyed {
			t.Errorf("%s: effect %d, %v", in, m.Effect, e)
		}
	}
	if m, e := Parse([]byte(matlabHalt), Rules{}); e != nil || m.Effect != Halts {
		t.Errorf("MATLAB's halt: effect %d, %v", m.Effect, e)
	}
}

func TestEffectOfOTonesVerbs(t *testing.T) {
	for in, want := range map[string]Effect{
		RawHalt:                               Halts,
		`{"type":"raw","data":" M112\r\n"}`:   Halts,
		`{"type":"raw","data":"M999 M112"}`:   Halts,
		`{"type":"raw","data":"M999"}`:        Resets,
		`{"type":"raw","data":"M112\nM999"}`:  Resets,
		`{"type":"raw","data":"reset"}`:       Resets,
		`{"type":"home","data":{"x":true}}`:   Resets,
		`{"type":"home","data":{}}`:           Resets,
		`{"type":"instructions","data":[{}]}`: Resets,
		`{"type":"infinity","data":[{}]}`:     Resets,
		`{"type":"home"}`:                     Dropped, // it fails
		`{"type":"instructions","data":[]}`:   Dropped,
		`{"type":"move","data":{"x":1}}`:      Dropped,
		`{"type":"step","data":{"x":1}}`:      Dropped,
		`{"type":"movePipette","data":{}}`:    Dropped,
		`{"type":"resumeJob"}`:                Dropped,
		`{"type":"their_own"}`:                Dropped,
		`{"type":"raw","data":"G0 X1"}`:       Dropped,
		`{"type":"raw"}`:                      Dropped,
		`{"type":"raw","data":"M114"}`:        Obeyed,
		`{"type":"stop"}`:                     Obeyed, // it fails
		`{"type":"reset"}`:                    Obeyed, // likewise
		EraseJob:                              Obeyed,
		`{"type":"getCalibrations"}`:          Obeyed,
		`{"type":"connectPort","data":"x"}`:   Obeyed,
		`{"type":"poweroff"}`:                 Obeyed,
	} {
		if m, e := ParseOTone([]byte(in)); e != nil || m.Effect != want {
			t.Errorf("%s: effect %d, not %d; %v", in, m.Effect, want, e)
		}
	}
}

// What otone tells of its motor board.
func TestEffectOfWhatTheBoardIsGiven(t *testing.T) {
	for in, want := range map[string]Effect{
		`{"type": "smoothie", "data": {"string": "--> M112\r\n"}}`:    Halts,
		`{"type":"smoothie","data":{"string":"--> M999"}}`:            Resets,
		`{"type":"smoothie","data":{"string":"--> G90\r\nG0X1\r\n"}}`: Obeyed,
		`{"type":"smoothie","data":{"string":"M112"}}`:                Obeyed, // the board's own word
		`{"type":"containers","data":{"reset":"--> M112"}}`:           Obeyed,
		`M112`: Obeyed, `{"type":"smoothie","data":{"string":"reset`: Obeyed,
	} {
		if got := BoardEffect([]byte(in)); got != want && !(got == Dropped && want == Obeyed) {
			t.Errorf("%s: effect %d, not %d", in, got, want)
		}
	}
}
