package wire

import "testing"

// A stop that the robot's published software would drop, or that comes with more than
// a stop, is published as one that it takes; with -check off, as it was written.
func TestStopIsPutRight(t *testing.T) {
	halt, clear := string(stopDriver(true)[1].Data), string(stopDriver(false)[0].Data)
	for _, c := range []struct {
		dialect Dialect
		in      string
		want    string // empty for as it was written
	}{
		{DriverDialect, `{"topic":"driver","type":"command","data":{"name":"smoothie","message":{"halt":1}}}`, ""},
		{DriverDialect, `{"topic":"driver","type":"command","data":{"name":"smoothe","message":{"halt":""}}}`, halt},
		{DriverDialect, `{"topic":"driver","type":"command","name":null,"message":"halt","param":""}`, halt},
		{DriverDialect, `{"topic":"driver","type":"command","data":{"name":"smoothie","message":{"M112":{"X":1}}}}`, halt},
		{DriverDialect, `{"topic":"driver","type":"meta","data":{"name":"x","message":{"clear_queue":""}}}`, clear},
		{OToneDialect, `{"type":"raw","data":"M112"}`, ""},
		{OToneDialect, `{"type":"raw","data":"G0 X1 M112"}`, RawHalt},
		{OToneDialect, `{"type":"raw","data":"G28\nM112"}`, RawHalt},
	} {
		m, e := c.dialect.Parse([]byte(c.in), Rules{CheckKnown: true})
		as, _ := c.dialect.Parse([]byte(c.in), Rules{})
		if c.want == "" || c.dialect.Name == OToneDialect.Name {
			if c.want == "" {
				c.want = string(as.Data)
			}
		} else if string(as.Data) == c.want {
			t.Errorf("%s is put right with -check off", c.in)
		}
		if e != nil || !m.Urgent() || string(m.Data) != c.want {
			t.Errorf("%s: %s, %v", c.in, m.Data, e)
		}
	}
	// What resets, or moves, after the halt is no stop.
	for _, line := range []string{"M112 M999", `M112\nM999\nG28 X0\nG0 X100`} {
		if m, e := OToneDialect.Parse([]byte(`{"type":"raw","data":"`+line+`"}`), Rules{}); e != nil || m.Urgent() || m.Effect != Resets {
			t.Errorf("%s: %+v, %v", line, m, e)
		}
	}
}
