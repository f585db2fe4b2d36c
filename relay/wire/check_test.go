package wire

import (
	"reflect"
	"strings"
	"testing"
)

// The check changes nothing of what it lets through, and lets every stop through.
func TestCheckLeavesStopsAlone(t *testing.T) {
	for _, in := range []string{
		matlabHalt, matlabFlatHalt, command(`"M112"`), command(`{"halt":{"Q":"abc"},"hoome":""}`),
		strings.Replace(command(`{"halt":""}`), "smoothie", "smoothy", 1),
		strings.Replace(meta(`{"clear_queue":5,"x":""}`), "smoothie", "None", 1),
		`{"type":"stop"}`, `{"type":"reset","data":1}`, `{"type":"eraseJob","data":true}`, `{"type":"raw","data":"G0Q1 M112"}`,
	} {
		dialect := DriverDialect
		if !strings.Contains(in, "topic") {
			dialect = OToneDialect
		}
		want, e := dialect.Parse([]byte(in), Rules{})
		if e != nil || !want.Urgent() {
			t.Errorf("%s is no stop: %v", in, e)
		}
		m, e := dialect.Parse([]byte(in), Rules{CheckKnown: true})
		if string(m.Data) == string(dialect.Stop(want.Halt)[len(dialect.Stop(want.Halt))-1].Data) {
			m.Data, m.Effect = want.Data, want.Effect // it was put right
		}
		if e != nil || !reflect.DeepEqual(m, want) {
			t.Errorf("%s became %+v, %v", in, m, e)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		dialect Dialect
		in      string
		code    Code
		says    string
	}{
		{DriverDialect, command(`{"hoome":""}`), UnknownCommand, `did you mean "home"?`},
		{DriverDialect, flat(`"move_to"`, `{"Q":100}`), BadArgument, `"Q"`},
		{DriverDialect, flat(`"move_to"`, `{"X":"NaN"}`), Refused, "no place"}, // as before
		{OToneDialect, `{"type":"hoome"}`, UnknownCommand, `did you mean "home"?`},
		{OToneDialect, `{"type":"move","data":{"X":"abc"}}`, BadArgument, `"abc"`},
		{OToneDialect, `{"type":"move","data":{"X":null}}`, Refused, "no place"},
	} {
		if _, e := c.dialect.Parse([]byte(c.in), Rules{CheckKnown: true}); e == nil || e.Code != c.code || !strings.Contains(e.Text, c.says) {
			t.Errorf("%s: %v, not %s with %s", c.in, e, c.code, c.says)
		}
		if c.code == Refused {
			continue
		}
		if _, e := c.dialect.Parse([]byte(c.in), Rules{}); e != nil {
			t.Errorf("%s is refused unasked: %v", c.in, e)
		}
	}
}
