package main_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// page starts the program status on the machine, with the names of the program names.
func (c *computer) page() {
	c.l.t.Helper()
	c.start(build(c.l.t)+"/status", "-http=:80", "-names-file="+c.report())
}

// shows waits until the machine's page has these names, and a notice that begins
// like this, or none of the names.
func (c *computer) shows(names []string, notice string) {
	c.l.t.Helper()
	client := c.relay()
	eventually(c.l.t, fmt.Sprintf("the page shows %q and %q", names, notice), func() error {
		var status struct {
			Names   []string
			Notices []struct{ Text string }
		}
		answer, err := client.Get("http://127.0.0.1/api/status")
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if err := json.NewDecoder(answer.Body).Decode(&status); err != nil {
			return err
		}
		var told string
		for _, n := range status.Notices {
			if strings.Contains(n.Text, "nother box") {
				told = n.Text
			}
		}
		if !slices.Equal(status.Names, names) || !strings.HasPrefix(told, notice) || (notice == "") != (told == "") {
			return fmt.Errorf("it shows %+v", status)
		}
		return nil
	})
}

// Once the second box has a name of its own, neither page speaks of the other.
func TestSecondBoxGetsAName(t *testing.T) {
	l := newLab(t)
	one, two := l.computer(firstMAC), l.computer(secondMAC)
	one.address("10.77.0.20/16")
	two.address("10.77.0.30/16")
	one.names()
	one.page()
	one.shows([]string{plain, first + ".local"}, "")
	two.names()
	two.page()
	one.shows([]string{plain, first + ".local"}, "This box is ")
	two.shows([]string{second + ".local"}, "Another box at 10.77.0.20 is ")
	settled(t, two, "bench-2")
	two.shows([]string{"bench-2.local", second + ".local"}, "")
	one.shows([]string{plain, first + ".local"}, "")
	l.leads(plain, "10.77.0.20")
	l.leads("bench-2.local", "10.77.0.30")
}
