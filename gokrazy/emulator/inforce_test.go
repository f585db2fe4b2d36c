//go:build image

package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/relay/state"
)

// stickInForce expects the settings of the stick with FAT to be in force, in
// the relay and as the box's host name: the page answers to no other name without a
// dot. An update or a power cut does not take them.
func stickInForce(t *testing.T, b *box) {
	t.Helper()
	b.waitState(t, deadline, "the relay has the stick's robot", func(s state.State) bool { return s.Router.URL == emulator.UsualRouter })
	eventually(t, deadline, "the box has the stick's name", func() error { return b.answersTo("lab-seven") })
}

// answersTo asks for the page under a host name.
func (b *box) answersTo(host string) error {
	r, err := http.NewRequest(http.MethodGet, "http://"+b.Addr(emulator.PagePort)+"/api/status", nil)
	if err != nil {
		return err
	}
	r.Host = host
	answer, err := b.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("as %s: %s", host, answer.Status)
	}
	return nil
}

// setFromThePage changes settings as the page does, within ten minutes of power-on:
// then it asks for no password in a box that has none.
func (b *box) setFromThePage(t *testing.T, settings string) {
	t.Helper()
	eventually(t, deadline, "the page takes the settings", func() error {
		answer, err := b.http.Post("http://"+b.Addr(emulator.PagePort)+"/api/settings", "application/json", strings.NewReader(settings))
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("setting %s: %s", settings, answer.Status)
		}
		return nil
	})
}
