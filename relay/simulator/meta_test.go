package simulator

import (
	"strings"
	"testing"
)

func (r *rig) meta(name, message string) []string {
	return briefs(r.dispatch(says("me", "meta", name, message)))
}

// TestMeta is what the recorded sessions do not show; the rest is in
// TestTranscripts.
func TestMeta(t *testing.T) {
	r := newRig(t, true)
	list := `me driver {"meta_commands": ["drivers", "add_driver", "remove_driver", "callbacks", "meta_callbacks", ` +
		`"set_meta_callback", "add_callback", "remove_callback", "flow", "clear_queue", "connect", "disconnect", ` +
		`"commands", "configs", "set_config", "meta_commands"]}`
	wantReplies(t, r.meta("smoothie", `{"meta_commands": ""}`), list)
	wantReplies(t, r.meta("smoothie", `"meta_commands"`), list)
	wantReplies(t, r.meta("nosuch", `{"meta_commands": ""}`), list)
	wantReplies(t, r.meta("smoothie", `{"set_meta_callback": ""}`), "me driver "+`{"meta_callback": `+metaCallbacksJSON+`}`)
	wantReplies(t, briefs(r.dispatch(says("", "meta", "smoothie", `{"drivers": ""}`))), `frontend driver {"drivers": ["smoothie"]}`)

	// Where the driver fails, it fails in silence.
	for _, message := range []string{
		`{"nosuch": ""}`, `{}`, `[]`, `5`, `null`, `{"disconnect": ""}`, `{"add_callback": ""}`,
		`{"add_callback": {"x": ["None"]}}`, `{"remove_callback": "nosuch"}`, `{"remove_callback": {}}`,
		`{"set_config": {"delimiter": "x"}}`,
	} {
		wantReplies(t, r.meta("smoothie", message))
	}
	for _, message := range []string{`{"flow": ""}`, `{"commands": ""}`, `{"connect": ""}`, `{"remove_driver": ""}`, `{"clear_queue": ""}`} {
		wantReplies(t, r.meta("nosuch", message))
	}
	wantReplies(t, briefs(r.dispatch(says("", "meta", "smoothie", `{"commands": ""}`))))
	wantReplies(t, r.do(`{"home": ""}`), empty, stat0, empty)
}

func TestConnectWedges(t *testing.T) {
	r := newRig(t, false)
	r.do(`{"move": {"X": 10}}`)
	wantReplies(t, r.meta("smoothie", `{"connect": ""}`))
	wantReplies(t, r.after(second))
	wantReplies(t, r.do(`{"home": ""}`))
	wantReplies(t, r.meta("smoothie", `{"flow": ""}`))
	wantReplies(t, briefs(r.d.handshake(extends("you"), r.now)))
	r.wantPosition("X", 10) // the board knows nothing of it
}

func TestDangerousMeta(t *testing.T) {
	t.Run("remove_callback", func(t *testing.T) {
		r := newRig(t, true)
		wantReplies(t, r.meta("smoothie", `{"remove_callback": "none"}`),
			`me driver {"callbacks": {"positions": ["M114"], "adjusted_pos": ["adjusted_pos"], "smoothie_pos": ["smoothie_pos"]}}`)
		wantReplies(t, r.do(`{"home": ""}`), empty, empty) // and no stat any more
	})
	t.Run("remove_driver", func(t *testing.T) {
		r := newRig(t, true)
		wantReplies(t, r.meta("smoothie", `{"remove_driver": ""}`), `me driver {"drivers": []}`)
		wantReplies(t, r.do(`{"home": ""}`), `me driver {"error": [null, null, null]}`)
		wantReplies(t, r.meta("smoothie", `{"flow": ""}`))
	})
	t.Run("add_driver", func(t *testing.T) {
		r := newRig(t, true)
		wantReplies(t, r.meta("other", `{"add_driver": ""}`), `me driver {"drivers": ["smoothie", null]}`)
		wantReplies(t, r.do(`{"home": ""}`), empty, stat0, empty)
		wantReplies(t, r.meta("other", `{"remove_driver": ""}`), `me driver {"drivers": ["smoothie"]}`)
		wantReplies(t, r.meta("smoothie", `{"add_driver": ""}`), `me driver {"drivers": ["smoothie"]}`)
		wantReplies(t, r.do(`{"home": ""}`))
		wantReplies(t, r.meta("smoothie", `{"flow": ""}`))
	})
}

func TestFlowWhileBusy(t *testing.T) {
	r := newRig(t, false)
	r.do(`{"feedback_on": "true"}`)
	r.do(`{"move": {"X": 10}}`)
	r.do(`{"move": {"X": 10}}`)
	flow := r.meta("smoothie", `{"flow": ""}`)[0]
	for _, part := range []string{
		`"locked": true`, `"ack_received": true`, `"ack_ready": false`, `"queue_size": 1`,
		`"absolute_mode": false`, `"feedback_on": true`,
	} {
		if !strings.Contains(flow, part) {
			t.Errorf("no %s in %s", part, flow)
		}
	}
}
