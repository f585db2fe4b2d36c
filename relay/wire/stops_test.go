package wire

import "testing"

// A stop that the robot's published software would drop, or that comes with more than
// a stop, is published as one that it takes; with -check off, as it was written.
func TestStopIsPutRight(t *testing.T) {
	halt, clear := string(stopDriver(true)[1].Data), string(stopDriver(false)[0].Data)
	for _, c := range []struct {
		dialect   Dialect
		in        string
		want, off string // with -check known and off; empty for as it was written
	}{
		{DriverDialect, `{"topic":"driver","type":"command","data":{"name":"smoothie","message":{"halt":1}}}`, "", ""},
		{DriverDialect, `{"topic":"driver","type":"command","data":{"name":"smoothe","message":{"halt":""}}}`, halt, ""},
		{DriverDialect, `{"topic":"driver","type":"command","name":null,"message":"halt","param":""}`, halt, ""},
		{DriverDialect, `{"topic":"driver","type":"command","data":{"name":"smoothie","message":{"M112":{"X":1}}}}`, halt, ""},
		{DriverDialect, `{"topic":"driver","type":"meta","data":{"name":"x","message":{"clear_queue":""}}}`, clear, ""},
		{OToneDialect, `{"type":"raw","data":"M112"}`, "", ""},
		{OToneDialect, `{"type":"raw","data":"G0 X1 M112"}`, RawHalt, RawHalt},
		{OToneDialect, `{"type":"raw","data":"G28\nM112"}`, RawHalt, RawHalt},
		{OToneDialect, `{"type":"stop"}`, RawHalt, ""},
		{OToneDialect, `{"type":"reset"}`, "", ""},
	} {
		for known, want := range map[bool]string{true: c.want, false: c.off} {
			m, e := c.dialect.Parse([]byte(c.in), Rules{CheckKnown: known})
			if e != nil || !m.Urgent() || want != "" && string(m.Data) != want || want == "" && (string(m.Data) == halt || string(m.Data) == clear || string(m.Data) == RawHalt) {
				t.Errorf("%s, checked %v: %s, %v", c.in, known, m.Data, e)
			}
		}
	}
	// What resets, or moves, after the halt is no stop.
	for _, line := range []string{"M112 M999", `M112\nM999\nG28 X0\nG0 X100`} {
		if m, e := OToneDialect.Parse([]byte(`{"type":"raw","data":"`+line+`"}`), Rules{}); e != nil || m.Urgent() || m.Effect != Resets {
			t.Errorf("%s: %+v, %v", line, m, e)
		}
	}
}
