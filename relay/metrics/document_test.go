package metrics

import (
	"fmt"
	"strings"
	"testing"

	"rawtcpcom/relay/document"
	"rawtcpcom/relay/state"
)

//go:generate go test -run TestDocumentHasTheMetrics . -update

func TestDocumentHasTheMetrics(t *testing.T) {
	m := New(func() state.State { return state.State{} }, func() int { return 0 })
	m.Errors.WithLabelValues("")
	m.Closed.WithLabelValues("")
	families, err := m.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| metric | label | what it counts |\n|---|---|---|\n")
	for _, f := range families {
		label := ""
		for _, l := range f.GetMetric()[0].GetLabel() {
			label = "`" + l.GetName() + "`"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", f.GetName(), label, f.GetHelp())
	}
	document.Hold(t, document.Operating, "metrics", table.String())
}
