package faults_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"rawtcpcom/relay/document"
	"rawtcpcom/relay/faults"
)

func TestDocumentHasTheTable(t *testing.T) {
	document.Hold(t, document.Faults, "faults", faults.Markdown())
}

func TestEveryFaultIsShownByATest(t *testing.T) {
	rows := faults.Table()
	if len(rows) < 40 {
		t.Errorf("there are %d rows", len(rows))
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		dir, name, _ := strings.Cut(r.Test, ".")
		if !tests(t, dir)[name] {
			t.Errorf("%s: there is no test %s in relay/%s or %s", r.ID, name, dir, dir)
		}
		for _, cell := range []string{r.Fault, r.Sees, r.Recovers} {
			if cell == "" || strings.ContainsAny(cell, "|\n") {
				t.Errorf("%s: %q is no cell of a table", r.ID, cell)
			}
		}
	}
}

// tests are the names of the tests of a package, below relay/ or from the top.
func tests(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", dir, "*_test.go"))
	if err == nil && len(files) == 0 {
		files, err = filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
	}
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names[fn.Name.Name] = true
			}
		}
	}
	return names
}
