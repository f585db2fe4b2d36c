package wire

import (
	"strings"
	"testing"
)

// The driver of 2016 tells positions in six pairs: it takes the board's answer one axis at
// a time, and each pair has all axes as it has them then.
func TestPositionsAreReadInBothDialects(t *testing.T) {
	driver := func(message string) string {
		return `{"time": "now", "type": "driver", "to": "c1", "from": "d1", "sessionID": "c1", "data": {"name": "smoothie", "message": ` + message + `}}`
	}
	const all = "xyzab"
	for in, want := range map[string]struct {
		axes string
		x    float64
	}{
		driver(`{"pos": {"X": 100.25, "Y": 50.0, "Z": 0, "A": 0.5, "B": 0, "C": 0}}`): {all, 100.25},
		driver(`{"pos": {"X": -1.5e1}}`):                                              {"x", -15},
		driver(`{"pos": {"Z": 2, "C": 1}}`):                                           {"z", 0},
		driver(`{"pos": {"X": "12", "Y": null, "Z": NaN, "A": 1e999, "B": [1]}}`):     {"", 0},
		driver(`{"pos": 7}`):                 {"", 0},
		driver(`{"pos": {"C": 1}}`):          {"", 0},
		driver(`{"adj_pos": {"X": 100.75}}`): {"", 0},
		driver(`{"flow": {"smoothie_pos": {"X": 1}, "adjusted_pos": {"X": 1}}}`): {"", 0},
		driver(`{"stat": 0}`): {"", 0},
		`{"type":"position","data":{"string":{"x":1.5,"y":2,"z":3,"a":4,"b":5,"c":6}}}`: {all, 1.5},
		`{"type":"position","data":{"string":{"y":2}}}`:                                 {"y", 0},
		`{"type":"position","data":"x"}`:                                                {"", 0},
		`{"type":"position"}`:                                                           {"", 0},
		`{"type":"smoothie","data":{"string":"\"position\" {\"x\":1.5}"}}`:              {"", 0},
		`{"type":"smoothie","data":{"string":{"x":1.5}},"position":"position"}`:         {"", 0},
	} {
		r, err := ParseReply([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		var p Position
		told, ok := r.Told()
		if ok {
			p, ok = told.Position()
		}
		if !ok {
			p, ok = OTonePosition([]byte(in))
		}
		got := ""
		for i, known := range p.Known {
			if known {
				got += Axes[i : i+1]
			}
		}
		if got != want.axes || ok != (got != "") || p.MM[0] != want.x {
			t.Errorf("%s: axes %q, x %v, %v", in, got, p.MM[0], ok)
		}
	}
}

func TestAxesAreThoseOfTheDriver(t *testing.T) {
	if !strings.HasPrefix(strings.ToLower(DriverAxes), Axes) {
		t.Errorf("%s and %s", Axes, DriverAxes)
	}
}

func TestBoardMotion(t *testing.T) {
	for in, want := range map[string][2]bool{
		`{"type":"smoothie","data":{"string":"{\"stat\":1}\r\n"}}`:         {true, true},
		`{"type":"smoothie","data":{"string":"{\"stat\":1,\"x\":2}\r\n"}}`: {true, true},
		`{"type":"smoothie","data":{"string":"{\"stat\":0}\r\n"}}`:         {false, true},
		`{"type":"smoothie","data":{"string":"{\"stat\":"}}`:               {false, true},
		`{"type":"smoothie","data":{"string":"--> {\"stat\":1}"}}`:         {false, false},
		`{"type":"smoothie","data":{"string":"ok"}}`:                       {false, false},
		`{"type":"position","data":{"string":{"x":1}}}`:                    {false, false},
	} {
		begun, ok := BoardMotion([]byte(in))
		if begun != want[0] || ok != want[1] {
			t.Errorf("%s: begun %v, %v", in, begun, ok)
		}
	}
}

func TestReadingAPositionAllocatesNothing(t *testing.T) {
	r, err := ParseReply([]byte(`{"type": "driver", "data": {"name": "smoothie", "message": {"pos": {"X": 100.25, "Y": 50.125, "Z": 12.5, "A": 0.5, "B": 0, "C": 0}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if allocs := testing.AllocsPerRun(100, func() { told, _ := r.Told(); told.Position() }); allocs > 0 {
		t.Errorf("%v allocations", allocs)
	}
}
