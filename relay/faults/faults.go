// Package faults is the table of what can go wrong around the relay, and what
// it does about it. Each row names the test that shows it; the tests that
// need real peers are this package's own, and "make test-faults" runs them.
//
// The table is data so that it cannot drift from what is shown: "go generate"
// writes it into relay/faults/README.md, and tests hold that to the table and
// every row to a test that exists. A new row is a line of rows.go,
// or of box.go.
package faults

import (
	"fmt"
	"strings"
)

//go:generate go test -run TestDocumentHasTheTable . -update

// Row is one fault.
type Row struct {
	ID       string // short, for reference
	Fault    string
	Sees     string // what the user sees
	Recovers string // how soon
	Test     string // "package.TestName", the package by its path, without relay/
}

// Markdown is the table for the document.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| | fault | what the user sees | recovers | shown by |\n|---|---|---|---|---|\n")
	for _, r := range Table() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | `%s` |\n", r.ID, r.Fault, r.Sees, r.Recovers, r.Test)
	}
	return b.String()
}

// Table is every fault, in the order of the way of a message.
func Table() []Row {
	var rows []Row
	for _, part := range [][]Row{clients, access, router, secured, driver, otone, program, box} {
		rows = append(rows, part...)
	}
	return rows
}
