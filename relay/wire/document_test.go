package wire

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
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

// A code that is declared and has no row in Codes would be sent to clients and
// explained nowhere.
func TestEveryCodeIsExplained(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var explained []string
	for _, c := range Codes {
		explained = append(explained, string(c.Code))
		if c.Became == "" || c.Do == "" {
			t.Errorf("%s is in Codes without a word", c.Code)
		}
	}
	declared := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Code" {
			return true
		}
		declared++
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || !slices.Contains(explained, code) {
			t.Errorf("%s is not in Codes", spec.Names[0].Name)
		}
		return true
	})
	if declared != len(Codes) {
		t.Errorf("errors.go declares %d codes, and Codes explains %d", declared, len(Codes))
	}
}
