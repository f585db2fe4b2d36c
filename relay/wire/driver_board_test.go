package wire

import "testing"

func TestWhatTheDriverTellsOfItsBoard(t *testing.T) {
	for in, want := range map[string]string{
		`{"type": "driver", "data": {"name": "smoothie", "message": {"flow": {"simulation": false, "connected": false, "transport": false}}}}`: "false",
		`{"type": "driver", "data": {"name": "smoothie", "message": {"flow": {"connected": true, "transport": true}}}}`:                        "true",
		`{"type": "labware", "data": {"name": "smoothie", "message": {"clear_queue": {"connected": false}}}}`:                                  "false",
		`{"type": "connect", "data": {"name": "driver", "message": {"result": "disconnected"}}}`:                                               "false",
		`{"type": "connect", "data": {"name": "driver", "message": {"result": "connected"}}}`:                                                  "true",
		`{"type": "driver", "data": {"name": "smoothie", "message": {"stat": 1}}}`:                                                             "true",
		`{"type": "queue", "data": {"name": "driver", "message": {"result": "empty"}}}`:                                                        "true",
		`{"type": "driver", "data": {"name": "smoothie", "message": {"flow": {"connected": "no"}}}}`:                                           "",
		`{"type": "driver", "data": {"name": "smoothie", "message": {"configs": {"connected": false}}}}`:                                       "",
		`{"type": "driver", "data": {"name": "smoothie", "message": "\"connected\": false"}}`:                                                  "",
		`{"type": "driver"}`: "",
	} {
		r, err := ParseReply([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if is := r.Board(); is != nil {
			got = map[bool]string{true: "true", false: "false"}[*is]
		}
		if got != want {
			t.Errorf("%s: connected is %q, not %q", in, got, want)
		}
	}
}
