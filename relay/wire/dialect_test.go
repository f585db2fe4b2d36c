package wire

import (
	"slices"
	"testing"
)

// A client may send the stop that the relay publishes for one that is gone, and
// it is taken for the same.
func TestStopsAreMessagesOfTheDialect(t *testing.T) {
	frames := map[string][]string{
		DriverDialect.Name: {
			`{"topic":"driver","type":"meta","data":{"name": "smoothie", "message": {"clear_queue": ""}}}`,
			`{"topic":"driver","type":"command","data":{"name": "smoothie", "message": {"halt": ""}}}`,
		},
		OToneDialect.Name: {EraseJob, RawHalt},
	}
	for _, d := range []Dialect{DriverDialect, OToneDialect} {
		if len(d.Stop(false)) != 1 || len(d.Stop(true)) != 2 {
			t.Fatalf("%s: a stop has %d parts, with a halt %d", d.Name, len(d.Stop(false)), len(d.Stop(true)))
		}
		for i, stop := range d.Stop(true) {
			m, e := d.Parse([]byte(frames[d.Name][i]), Rules{})
			if e != nil {
				t.Fatal(e)
			}
			if m.Topic != stop.Topic || string(m.Data) != string(stop.Data) || m.Queued != stop.Queued || m.Halt != stop.Halt || m.ClearQueue != stop.ClearQueue || m.Command != stop.Command {
				t.Errorf("%s: the stop is %+v, and from a client %+v", d.Name, stop, m)
			}
			if !slices.Contains(d.RobotTopics, stop.Topic) {
				t.Errorf("%s: nobody listens on %s", d.Name, stop.Topic)
			}
		}
	}
}
