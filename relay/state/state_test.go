package state_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"rawtcpcom/relay/state"
)

// The programs that read GET /state are not all ours: a name in Go can change,
// one in the JSON cannot.
func TestJSONStaysAsItIs(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	x, y, z, a, b := 1.5, 2., 3., 4., 5.
	place := state.Place{X: &x, Y: &y, Z: &z, A: &a, B: &b}
	full := state.State{
		Version: "v1", Revision: "abc", Built: "today", Started: at,
		Router:   state.Router{URL: "ws://robot/ws", Realm: "ot_realm", State: state.RouterJoined, Since: at, Error: "e", Reconnects: 1, Reached: true},
		Robot:    state.Robot{Name: "driver", State: state.RobotPresent, ID: "d1", Since: at, Error: "e", Speaks: "otone", Board: state.BoardAway},
		Halted:   state.Halted{State: state.HaltedYes, By: "c2", Since: at},
		Position: state.Position{Place: place, Since: at, Old: state.OldMoved, Largest: place},
		Clients:  []state.Client{{ID: "c1", Remote: "10.0.0.1:5000", Since: at, Handshake: state.HandshakeAlreadyConnected, Received: 1, Sent: 2, Errors: 3, LastError: "e"}},
		Notices:  []state.Notice{{Time: at, Text: "n", ID: "i"}},
		TurnedAway: state.TurnedAway{
			Count: 1, Last: at, Remote: "10.0.0.2:5000", Reason: "too_many", Text: "t",
		},
		ClockSet:     true,
		OnDisconnect: "none",
	}
	if field, ok := unset(reflect.ValueOf(full)); ok {
		t.Errorf("%s is not set, so its name is not held", field)
	}
	for want, s := range map[string]state.State{
		`{"version":"v1","revision":"abc","built":"today","started":"2026-01-02T03:04:05Z",` +
			`"router":{"url":"ws://robot/ws","realm":"ot_realm","state":"joined","since":"2026-01-02T03:04:05Z","error":"e","reconnects":1,"reached":true},` +
			`"driver":{"name":"driver","state":"present","id":"d1","since":"2026-01-02T03:04:05Z","error":"e","speaks":"otone","board":"not_connected"},` +
			`"halted":{"state":"yes","by":"c2","since":"2026-01-02T03:04:05Z"},` +
			`"position":{"x":1.5,"y":2,"z":3,"a":4,"b":5,"since":"2026-01-02T03:04:05Z","old":"moved","largest":{"x":1.5,"y":2,"z":3,"a":4,"b":5}},` +
			`"clients":[{"id":"c1","remote":"10.0.0.1:5000","since":"2026-01-02T03:04:05Z","handshake":"already_connected","received":1,"sent":2,"errors":3,"lastError":"e"}],` +
			`"notices":[{"time":"2026-01-02T03:04:05Z","text":"n","id":"i"}],` +
			`"turnedAway":{"count":1,"last":"2026-01-02T03:04:05Z","remote":"10.0.0.2:5000","reason":"too_many","text":"t"},"clockSet":true,"onDisconnect":"none"}`: full,
		`{"version":"","revision":"","built":"","started":"0001-01-01T00:00:00Z",` +
			`"router":{"url":"","realm":"","state":"","since":"0001-01-01T00:00:00Z","error":"","reconnects":0,"reached":false},` +
			`"driver":{"name":"","state":"","id":"","since":"0001-01-01T00:00:00Z","error":""},` +
			`"halted":{"state":""},` +
			`"position":{"x":null,"y":null,"z":null,"a":null,"b":null,"largest":{"x":null,"y":null,"z":null,"a":null,"b":null}},` +
			`"clients":null,"notices":null,"turnedAway":{"count":0},"clockSet":false,"onDisconnect":""}`: {},
	} {
		if got, err := json.Marshal(s); err != nil || string(got) != want {
			t.Errorf("the JSON is\n%s, %v\nnot\n%s", got, err, want)
		}
	}
}

// What the states of the router, the robot and a handshake are called.
func TestWordsStayAsTheyAre(t *testing.T) {
	for got, want := range map[any]string{
		state.RouterConnecting: "connecting", state.RouterJoined: "joined", state.RouterDown: "down",
		state.RobotUnknown: "unknown", state.RobotAbsent: "absent", state.RobotPresent: "present",
		state.HaltedUnknown: "unknown", state.HaltedYes: "yes", state.HaltedNo: "no",
		state.OldMoved: "moved", state.OldAway: "away",
		state.BoardUnknown: "unknown", state.BoardConnected: "connected", state.BoardAway: "not_connected",
		state.HandshakePending: "pending", state.HandshakeSuccess: "success",
		state.HandshakeAlreadyConnected: "already_connected", state.HandshakeFailed: "failed",
	} {
		if text, err := json.Marshal(got); err != nil || string(text) != `"`+want+`"` {
			t.Errorf("%s, %v, not %q", text, err, want)
		}
	}
}

// unset finds a field that has its zero value, at any depth.
func unset(v reflect.Value) (name string, found bool) {
	switch {
	case v.IsZero():
		return "", true
	case v.Kind() == reflect.Slice:
		return unset(v.Index(0))
	case v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[time.Time]():
		return "", false
	}
	for i := range v.NumField() {
		if below, found := unset(v.Field(i)); found {
			return v.Type().Field(i).Name + "." + below, true
		}
	}
	return "", false
}
