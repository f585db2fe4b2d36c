package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// otoneRig is otone on a bench, with a clock that stands until it is
// turned. All axes go at 10 mm/s.
type otoneRig struct {
	t     *testing.T
	otone *otone
	now   time.Time
}

func newOToneRig(t *testing.T) *otoneRig {
	t.Helper()
	b, err := newBoard(map[string]float64{"X": 10, "Y": 10, "Z": 10, "A": 10, "B": 10, "C": 10}, false)
	if err != nil {
		t.Fatal(err)
	}
	return &otoneRig{t, &otone{board: b, ready: true}, time.Unix(1_000_000, 0)}
}

// do gives it a message and returns the payloads that it broadcasts, but for
// positions.
func (r *otoneRig) do(payload string) []string {
	return r.without(r.otone.take(message{otoneCommands, payload}, r.now))
}

func (r *otoneRig) after(d time.Duration) []string {
	r.now = r.now.Add(d)
	return r.without(r.otone.tick(r.now))
}

func (r *otoneRig) without(replies []reply) (said []string) {
	r.t.Helper()
	for _, out := range replies {
		if out.topic != otoneReplies {
			r.t.Errorf("published on %s", out.topic)
		}
		if !strings.HasPrefix(out.payload, `{"type": "position", "data": {"string": {"x": `) {
			said = append(said, out.payload)
		}
	}
	return said
}

func (r *otoneRig) at(axis string) float64 { return r.otone.board.positions(r.now)[axis] }

func smoothieSays(line string) string {
	return `{"type": "smoothie", "data": {"string": ` + pythonString(line) + `}}`
}

func TestOToneMovesInTime(t *testing.T) {
	r := newOToneRig(t)
	wantReplies(t, r.do(`{"type":"move","data":[{"x":10},{"relative":true,"x":5}]}`),
		smoothieSays("--> G90 G0 X10.0"), smoothieSays("ok"), smoothieSays(`{"stat":1}`))
	r.after(500 * time.Millisecond)
	if x := r.at("X"); x != 5 {
		t.Errorf("half way it is at %v mm", x)
	}
	wantReplies(t, r.after(500*time.Millisecond),
		smoothieSays(`{"stat":0}`), smoothieSays("--> G91 G0 X5.0"), smoothieSays("ok"), smoothieSays(`{"stat":1}`))
	wantReplies(t, r.after(time.Second), smoothieSays(`{"stat":0}`))
	if x := r.at("X"); x != 15 {
		t.Errorf("it is at %v mm", x)
	}
}

// What stops it: eraseJob the queue, raw M112 the motion. "stop" and "reset"
// fail in the recorded software, with data and without.
func TestWhatStopsOTone(t *testing.T) {
	r := newOToneRig(t)
	r.do(`{"type":"move","data":[{"x":100},{"x":200}]}`)
	r.after(time.Second)
	for _, verb := range []string{"stop", "reset"} {
		wantReplies(t, r.do(`{"type":"`+verb+`"}`))
		wantReplies(t, r.do(`{"type":"`+verb+`","data":true}`))
	}
	wantReplies(t, r.do(`{"type":"eraseJob","data":true}`))
	wantReplies(t, r.do(`{"type":"eraseJob"}`))
	r.after(time.Second)
	if x := r.at("X"); x != 20 || len(r.otone.queue) != 0 {
		t.Errorf("at %v mm, with %d waiting", x, len(r.otone.queue))
	}
	r.do(`{"type":"raw","data":"M112"}`)
	r.after(time.Second)
	if x := r.at("X"); x != 20 {
		t.Errorf("after M112 it went on to %v mm", x)
	}
	r.do(`{"type":"move","data":{"x":30}}`)
	r.after(time.Minute)
	if x := r.at("X"); x != 20 {
		t.Errorf("halted, it went to %v mm", x)
	}
	r.do(`{"type":"home","data":{"x":true}}`) // begins by letting it go
	r.after(time.Minute)
	if x := r.at("X"); x != 0 {
		t.Errorf("homed, it is at %v mm", x)
	}
}

func TestOTonePausesBetweenMoves(t *testing.T) {
	r := newOToneRig(t)
	r.do(`{"type":"move","data":[{"x":10},{"x":20}]}`)
	r.do(`{"type":"pauseJob"}`)
	r.do(`{"type":"move","data":{"x":50}}`) // dropped: it takes none while it pauses
	r.after(time.Minute)
	if x := r.at("X"); x != 10 {
		t.Errorf("paused, it is at %v mm", x)
	}
	r.do(`{"type":"resumeJob"}`)
	r.after(time.Minute)
	if x := r.at("X"); x != 20 {
		t.Errorf("resumed, it is at %v mm", x)
	}
}

func TestOToneFinishesAJob(t *testing.T) {
	r := newOToneRig(t)
	r.do(`{"type":"instructions","data":[{"tool":"pipette","groups":[{"command":"pipette","axis":"a","locations":[{"x":10},{"y":10}]}]},{"tool":"pipette","groups":[]},{"tool":"robot","x":50}]}`)
	said := r.after(time.Hour)
	if last := said[len(said)-1]; last != `{"type": "finished"}` {
		t.Errorf("it ended with %s", last)
	}
	for _, line := range []string{"--> G90 G0 X10.0", "--> G90 G0 Y10.0", "--> G28 X Y Z A B"} {
		if !slices.Contains(said, smoothieSays(line)) {
			t.Errorf("no %q in %q", line, said)
		}
	}
	if slices.Contains(said, smoothieSays("--> G90 G0 X50.0")) {
		t.Error("it carried out another tool than the pipette")
	}
}

// What the published software drops or mistakes, and what it stumbles over: then
// what follows waits until the queue is dropped.
func TestWhatOToneDropsAndMistakes(t *testing.T) {
	for in, want := range map[string]string{
		`{"type":"move","data":{"q":100,"c":5}}`:               "G90 G0",
		`{"type":"move","data":{"x":-5,"B":" 3 "}}`:            "G90 G0 X0.0 B3.0",
		`{"type":"move","data":{"z":5,"relative":"true"}}`:     "G90 G0 Z5.0",
		`{"type":"move","data":{"z":-5,"relative":1}}`:         "G91 G0 Z-5.0",
		`{"type":"move","data":{"x":true}}`:                    "G90 G0 X1.0",
		`{"type":"step","data":{"Z":5}}`:                       "G90 G0 Z5.0",
		`{"type":"step","data":[{"Z":5}]}`:                     "G91 G0 Z5.0",
		`{"type":"home","data":{"x":true,"y":false,"q":true}}`: "G28 X Y",
		`{"type":"home","data":"all"}`:                         "G28 A",
		`{"type":"home","data":["x","B"]}`:                     "G28 X B",
		`{"type":"home","data":{}}`:                            "G28",
		`{"type":"home","data":{"q":true}}`:                    "M999",
		`{"type":"home","data":true}`:                          "",
		`{"type":"move","data":{"x":"abc"}}`:                   "",
		`{"type":"move","data":{"relative":true,"X":5}}`:       "",
		`{"type":"move","data":{"relative":true,"x":"5"}}`:     "",
		`{"type":"move","data":[7,{"x":5}]}`:                   "",
	} {
		r := newOToneRig(t)
		last := ""
		for _, said := range append(r.do(in), r.after(time.Hour)...) {
			if _, line, ok := strings.Cut(said, `"--> `); ok {
				last = strings.TrimSuffix(line, `"}}`)
			}
		}
		if last != want {
			t.Errorf("%s: the board got %q last, not %q", in, last, want)
		}
	}
	r := newOToneRig(t)
	r.do(`{"type":"move","data":{"x":"abc"}}`)
	wantReplies(t, r.do(`{"type":"move","data":{"x":5}}`))
	r.do(`{"type":"eraseJob"}`)
	if said := r.do(`{"type":"move","data":{"x":5}}`); len(said) == 0 {
		t.Error("it stands after eraseJob")
	}
}

func TestOToneAnswersQuestions(t *testing.T) {
	r := newOToneRig(t)
	for in, want := range map[string]string{
		`{"type":"getCalibrations"}`:               `{"type": "containerLocations", "data": {}}{"type": "pipetteValues", "data": {}}`,
		`{"type":"getContainers"}`:                 `{"type": "containers", "data": {}}`,
		`{"type":"listPorts","data":null}`:         `{"type": "portsList", "data": ["simulated"]}`,
		`{"type":"listPorts","data":1}`:            ``,
		`{"type":"connectPort","data":"x"}`:        `{"type": "status", "data": true}`,
		`{"type":"unheard of"}`:                    ``,
		`["type"]`:                                 ``,
		`{"type":["home"],"data":{}}`:              ``,
		`{"type":"move","data":[1,null,"x",true]}`: ``,
	} {
		if got := strings.Join(r.do(in), ""); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	for _, ready := range []bool{true, false} {
		r.otone.ready = ready
		if out := r.otone.take(message{topic: browserReady}, r.now); len(out) != 1 || out[0].argument() != ready || out[0].topic != robotReady {
			t.Errorf("asked, it says %v", out)
		}
	}
}

// Until its port is opened it takes all and says nothing; of several moves it
// keeps all but the first for when that is done, unless it is told to drop them.
func TestOToneWithItsPortClosed(t *testing.T) {
	r := newOToneRig(t)
	r.otone.closes = true
	r.otone.greeting()
	wantReplies(t, r.do(`{"type":"home","data":{"x":true}}`))
	for _, message := range []string{
		`{"type":"move","data":{"x":10}}`, `{"type":"move","data":{"x":20}}`, `{"type":"raw","data":"M112"}`, `{"type":"eraseJob"}`,
		`{"type":"move","data":{"x":30}}`, `{"type":"move","data":{"x":40}}`, `{"type":"connectPort","data":"another"}`,
	} {
		wantReplies(t, r.do(message))
	}
	wantReplies(t, r.do(`{"type":"listPorts"}`), `{"type": "portsList", "data": ["simulated"]}`)
	said := r.do(`{"type":"connectPort","data":"simulated"}`)
	if said[0] != `{"type": "status", "data": true}` || !slices.Contains(said, smoothieSays("--> G90 G0 X40.0")) || slices.Contains(said, smoothieSays("--> G90 G0 X30.0")) {
		t.Errorf("its port opened, it says %q", said)
	}
	r.otone.greeting() // it joins again
	wantReplies(t, r.do(`{"type":"raw","data":"M112"}`))
	r.after(time.Minute)
	if x := r.at("X"); x != 40 {
		t.Errorf("what was under way did not go on: it is at %v mm", x)
	}
}
