package document

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// aFlag is a flag as the flag package prints it: name and kind of value, then
// what it does and, unless that is nothing, its default.
var aFlag = regexp.MustCompile(`(?m)^  (-[a-z-]+)(?: (\S+))?\n    \t(.*?)(?: \(default (.*)\))?$`)

// Flags is the table of a program's flags, made of what its -help prints.
func Flags(t testing.TB, help string) string {
	t.Helper()
	found := aFlag.FindAllStringSubmatch(help, -1)
	if want := strings.Count(help, "\n  -"); len(found) == 0 || len(found) != want {
		t.Fatalf("found %d flags of %d in\n%s", len(found), want, help)
	}
	var table strings.Builder
	table.WriteString("| flag | default | meaning |\n|---|---|---|\n")
	for _, f := range found {
		name, meaning, value := f[1], f[3], strings.Trim(f[4], `"`)
		if f[2] != "" {
			name += " " + f[2]
		}
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", name, value, strings.ReplaceAll(meaning, "|", `\|`))
	}
	return table.String()
}
