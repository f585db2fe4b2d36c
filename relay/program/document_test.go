package program

import (
	"strings"
	"testing"

	"rawtcpcom/relay/document"
)

//go:generate go test -run TestDocumentHasTheFlags . -update

func TestDocumentHasTheFlags(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", "/home/you/.config") // where -data is by default
	var help strings.Builder
	if code := Run(t.Context(), []string{"-help"}, &help, &help); code != 0 {
		t.Fatalf("-help exits with %d", code)
	}
	document.Hold(t, document.Operating, "relay flags", document.Flags(t, strings.ReplaceAll(help.String(), "/home/you/", "~/")))
}
