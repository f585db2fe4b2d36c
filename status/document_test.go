package main

import (
	"strings"
	"testing"

	"rawtcpcom/relay/document"
)

//go:generate go test -run TestDocumentHasTheFlags . -update

func TestDocumentHasTheFlags(t *testing.T) {
	var help strings.Builder
	if _, err := parseFlags([]string{"-help"}, &help); err != errHelp {
		t.Fatal(err)
	}
	document.Hold(t, document.Operating, "status flags", document.Flags(t, help.String()))
}
