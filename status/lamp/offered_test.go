package lamp

import (
	"fmt"
	"testing"
)

func TestWhatALampCanBeIsSaidInAFewWords(t *testing.T) {
	var many, odd []string
	for n := range 54 {
		many = append(many, fmt.Sprintf("GPIO%d", n))
		odd = append(odd, fmt.Sprintf("GPIO%d", 2*n))
	}
	for _, c := range []struct {
		names []string
		want  string
	}{
		{many, "are GPIO0 to GPIO53"},
		{append(many, "ACT", "PWR"), "are GPIO0 to GPIO53, ACT and PWR"},
		{[]string{"PWR", "GPIO10", "GPIO9", "GPIO27", "GPIO8"}, "are GPIO8 to GPIO10, GPIO27 and PWR"},
		{[]string{"GPIO2", "GPIO3"}, "are GPIO2 to GPIO3"},
		{odd, "are GPIO0, GPIO2, GPIO4, GPIO6, GPIO8 and 49 more"},
		{[]string{"PL061_0", "PL061_1", "GPIO1"}, "are GPIO1 and PL061_0 to PL061_1"},
		{[]string{"ACT"}, "is ACT"},
	} {
		if got := offered(c.names); got != c.want {
			t.Errorf("%d names: %q, not %q", len(c.names), got, c.want)
		}
	}
}
