package commands

import (
	"testing"

	"rawtcpcom/relay/document"
)

//go:generate go test -run TestDocumentHasTheCommands . -update

func TestDocumentHasTheCommands(t *testing.T) {
	document.Hold(t, document.Commands, "driver commands", DriverReference())
	document.Hold(t, document.Commands, "otone commands", OToneReference())
}
