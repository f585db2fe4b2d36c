package wire

import (
	"fmt"
	"strings"
	"testing"

	"rawtcpcom/relay/document"
)

//go:generate go test -run TestDocumentHasTheCodes . -update

func TestDocumentHasTheCodes(t *testing.T) {
	var table strings.Builder
	table.WriteString("| code | what became of the message | what to do |\n|---|---|---|\n")
	for _, c := range Codes {
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", c.Code, c.Became, c.Do)
	}
	document.Hold(t, document.Wire, "codes", table.String())
}
