package hub_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/place"
)

// besides are the ids of those that a client was told of among the lines that came.
func (c *client) besides() (ids string) {
	for _, line := range c.take() {
		if _, rest, found := strings.Cut(line, `"also_commands": "`); found {
			id, _, _ := strings.Cut(rest, `"`)
			ids += id
		}
	}
	return ids
}

// Who commanded more than a minute ago counts no more, nor does one who has left;
// who was told is not told again.
func TestWhoCommandsBeside(t *testing.T) {
	inBubble(t, settings{ids: 5}, func(r *rig) {
		a, b := r.ready(), r.ready()
		a.send("home")
		r.after(time.Minute)
		b.send("home")
		expect(t, "told after a minute", a.besides()+b.besides(), "")
		r.after(time.Minute - time.Millisecond)
		a.send("home", "home")
		b.send("home")
		expect(t, "told within one", a.besides()+" "+b.besides(), b.id+" "+a.id)
		expect(t, "shown", len(r.State().Notices), 1)
		b.leave()
		expect(t, "shown once one has left", len(r.State().Notices), 0)

		b = r.ready()
		b.send("home")
		b.take()
		c := r.ready()
		c.send("home")
		expect(t, "told once more", a.besides()+" "+c.besides(), " "+b.id)
		c.leave()
		expect(t, "shown once the third has left", len(r.State().Notices), 0)
		a.send("home")
		b.send("home")
		expect(t, "told again", a.besides()+b.besides(), "")
		expect(t, "shown", len(r.State().Notices), 1)
		a.leave()
		b.leave()
		d := r.ready()
		d.send("home")
		expect(t, "told of who has left", d.besides(), "")
	})
}

// What is refused commands nothing.
func TestWhatIsRefusedCommandsNothing(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		a, b := r.ready(), r.ready()
		a.send("home")
		r.Lost(errors.New("gone"))
		b.send("home")
		expect(t, "told", a.besides()+b.besides(), "")
	})
}

// What ends it is told as it is done here, and what that does.
func TestWhoCommandsBesideIsToldWhatToDo(t *testing.T) {
	for where, does := range map[place.Place]string{
		place.PC:  "start the relay with -exclusive.",
		place.Box: place.Box.Set("exclusive", "true") + ".",
	} {
		t.Run(string(where), func(t *testing.T) {
			inBubble(t, settings{config: func(cfg *hub.Config) { cfg.Place = where }}, func(r *rig) {
				a, b := r.ready(), r.ready()
				a.send("home")
				b.send("home")
				if notice := r.State().Notices[0].Text; !strings.HasSuffix(notice, ": "+does) || !strings.Contains(notice, "let only one command the robot at a time, while each can stop it") {
					t.Errorf("the notice is %s", notice)
				}
			})
		})
	}
}
