package emulator_test

import (
	"strconv"
	"testing"

	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/gokrazy/instance"
)

func TestAdministrationIsAtThePortOfTheInstance(t *testing.T) {
	c, err := instance.Load("../../" + instance.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := strconv.Itoa(emulator.AdminPort); c.Update.HTTPPort != want {
		t.Errorf("the emulated box forwards port %s for the administration, which is at port %s", want, c.Update.HTTPPort)
	}
}
