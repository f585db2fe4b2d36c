package session

import (
	"log/slog"
	"testing"

	"github.com/gammazero/nexus/v3/wamp"
)

// FuzzDispatch gives the session any message from the router. None may panic
// (dispatch is called bare here, with nothing to confine a panic), settle a request twice, or
// pass on an event of no subscription.
func FuzzDispatch(f *testing.F) {
	for _, seed := range []string{
		`[36,7,2,{},["{\"to\":\"x\"}"]]`, `[36,7,2,{},["a","b"]]`, `[36,7,2,{},[1]]`, `[36,7,2,{}]`, `[36,7,2,{},["a"],{"k":1}]`,
		`[36,7,2,{"ppt_scheme":"x"},["a"]]`, `[36,7,2,{"ppt_scheme":"x"},[]]`, `[36,8,2,{},["a"]]`, `[36,7,2,{},["\ud800\u0000"]]`,
		`[36,"7",2,{},{}]`, `[36]`, `[36,7,2,[],{}]`, `[36,7,2,{},["a"`, `[17,1,9]`, `[17]`, `[17,"1",9]`, `[17,99999999999999999999,9]`,
		`[33,2,5]`, `[50,3,{},[null]]`, `[50,3,{},[1],{}]`, `[8,16,1,{},"wamp.error.not_authorized"]`, `[8,16,1,{},"e",["why"]]`,
		`[6,{},"wamp.close.normal"]`, `[6,{},"wamp.close.goodbye_and_out"]`, `[3,{"message":"m"},"wamp.error.no_such_realm"]`, `[3,7,8]`,
		`[2,1,{}]`, `[4,"ticket",{}]`, `[68,1,2,{}]`, `[0]`, `[-1]`, `[1e3]`, `[36.5,7]`, `[]`, `{}`, `null`, ``, ` `, `[[`, "\xff", `[36,7,2,{},["` + "\n" + `"]]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		settled := map[uint64]int{}
		var topics []string
		s := &Session{
			cfg: Config{
				Log:   slog.New(slog.DiscardHandler),
				Event: func(e Event) { topics = append(topics, e.Topic) },
			},
			subs:     map[uint64]string{7: "com.opentrons.frontend"},
			inflight: map[uint64]request{},
		}
		for id := range uint64(4) {
			s.inflight[id] = request{settle: func(wamp.Message, error) { settled[id]++ }}
		}
		for range 2 {
			_ = s.dispatch(b) // an error ends the session, in good order
		}
		for id, times := range settled {
			if times > 1 {
				t.Errorf("request %d settled %d times", id, times)
			}
		}
		for _, topic := range topics {
			if topic != "com.opentrons.frontend" {
				t.Errorf("event of no subscription: %q", topic)
			}
		}
	})
}

// FuzzDecode reads any message as the answer to HELLO, which is all that the
// serializer sees before a session stands.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`[2,1,{"roles":{}}]`, `[4,"wampcra",{"challenge":"{}","salt":"s","keylen":32,"iterations":1000}]`, `[4]`, `[4,null,null]`,
		`[4,"wampcra",{"challenge":7}]`, `[4,"wampcra",{"salt":7,"challenge":"x","keylen":-1,"iterations":-1}]`, `[3,{},"wamp.error.no_such_realm"]`, `[]`, `7`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decode(b)
		if err == nil && m == nil {
			t.Fatal("neither a message nor an error")
		}
		if challenge, ok := m.(*wamp.Challenge); ok && small(challenge) {
			_, _ = respond(challenge, &Auth{ID: "relay", Secret: "s"}, []string{"wampcra", "ticket"})
		}
	})
}

// small keeps the fuzzer from key derivations that take seconds each.
func small(c *wamp.Challenge) bool {
	for _, key := range []string{"iterations", "keylen"} {
		if n, ok := wamp.AsInt64(c.Extra[key]); ok && n > 10_000 {
			return false
		}
	}
	return true
}
