package simulator

import (
	"slices"
	"strconv"
	"testing"
)

func TestHandshakes(t *testing.T) {
	success := `frontend handshake {"result": "success"}`
	fail := `frontend handshake {"result": "fail"}`
	for name, c := range map[string]struct {
		payload string
		want    []string
		ids     []string // "me" has a slot from the start
	}{
		"unknown id":               {extends("you"), []string{success}, []string{"me", "you"}},
		"known id extends":         {extends("me"), []string{`me handshake {"result": "already_connected"}`}, []string{"me"}},
		"known id shakes":          {says("me", "handshake", "TCP comm", `{"shake": "true"}`), []string{`me handshake {"ids": ["me"]}`}, []string{"me"}},
		"known id, neither":        {says("me", "handshake", "driver", `{}`), nil, []string{"me"}},
		"known id, as a string":    {says("me", "handshake", "driver", `"extend"`), []string{`me handshake {"result": "already_connected"}`}, []string{"me"}},
		"both":                     {says("me", "handshake", "driver", `{"extend": 1, "shake": 1}`), []string{`me handshake {"result": "already_connected"}`, `me handshake {"ids": ["me"]}`}, []string{"me"}},
		"empty id":                 {extends(""), []string{success}, []string{"me", "made-1"}},
		"no from":                  {`{"type": "handshake"}`, []string{success}, []string{"me", "made-1"}},
		"no object":                {`5`, []string{success}, []string{"me", "made-1"}},
		"from only in a value":     {`{"type": "from"}`, nil, []string{"me"}},
		"from is a number":         {`{"from": 5}`, nil, []string{"me"}},
		"from is null":             {`{"from": null}`, nil, []string{"me"}},
		"from is a list":           {`{"from": ["me"]}`, nil, []string{"me"}},
		"no data":                  {`{"from": "me"}`, nil, []string{"me"}},
		"data is a list":           {`{"from": "me", "data": []}`, nil, []string{"me"}},
		"message is a number":      {says("me", "handshake", "driver", `5`), nil, []string{"me"}},
		"not JSON":                 {`{"from": "you"`, nil, []string{"me"}},
		"nothing":                  {``, nil, []string{"me"}},
		"an id beyond ASCII":       {extends("gerät \U0001f916"), []string{success}, []string{"me", "gerät \U0001f916"}},
		"a new id without message": {`{"from": "you"}`, []string{success}, []string{"me", "you"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, true)
			wantReplies(t, briefs(r.d.handshake(c.payload, r.now)), c.want...)
			if !slices.Equal(r.d.clients, c.ids) {
				t.Errorf("slots are held by %q, want %q", r.d.clients, c.ids)
			}
		})
	}

	t.Run("sixth id", func(t *testing.T) {
		r := newRig(t, true)
		for i := range 4 {
			wantReplies(t, briefs(r.d.handshake(extends("id "+strconv.Itoa(i)), r.now)), success)
		}
		for range 2 {
			replies := r.d.handshake(extends("sixth"), r.now)
			wantReplies(t, briefs(replies), fail)
			want := `{"time": "TIME", "type": "handshake", "to": "", "from": "DRIVER", "sessionID": "", "data": {"name": "driver", "message": {"result": "fail"}}}`
			if got := timeless(replies[0].payload, "DRIVER"); got != want {
				t.Errorf("got %s", got)
			}
		}
		wantReplies(t, briefs(r.d.handshake(extends(""), r.now)), fail)
		wantReplies(t, briefs(r.d.handshake(extends("id 3"), r.now)), `id 3 handshake {"result": "already_connected"}`)
		if len(r.d.clients) != 5 {
			t.Errorf("slots are held by %q", r.d.clients)
		}
	})
}
