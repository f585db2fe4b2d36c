package nearest

import "testing"

func TestTo(t *testing.T) {
	names := []string{"home", "halt", "move", "X", "idle-timeout"}
	for name, want := range map[string]string{
		"hoome": "home", "hmoe": "home", "HOME": "home", "mvoe": "move", "x": "X", "idle-timout": "idle-timeout",
		"q": "", "": "", "teleport": "", "idle-timeout-idle-timeout-idle-timeout-idle": "",
	} {
		if got := To(name, names); got != want {
			t.Errorf("%q is near to %q, not %q", name, got, want)
		}
	}
}
