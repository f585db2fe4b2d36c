package settings_test

import (
	"fmt"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/document"
)

//go:generate go test -run TestDocumentHasTheSettings . -update

func TestDocumentHasTheSettings(t *testing.T) {
	var table strings.Builder
	table.WriteString("| setting | on the page | usual value | meaning |\n|---|---|---|---|\n")
	for _, s := range settings.All() {
		usual := ""
		if s.Default != "" {
			usual = "`" + s.Default + "`"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", s.Key, s.Title, usual, strings.ReplaceAll(s.Text, "|", `\|`))
	}
	document.Hold(t, document.Operating, "settings", table.String())
}
