package document_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rawtcpcom/relay/document"
)

// A comment cites a document by its path from the top and, in quotes, the
// heading: relay/wire/README.md, "From connect to command", step 4.
var (
	citation = regexp.MustCompile(`([\w./]*\w\.md)((?:,? (?:and )?"[^"]+")*)`)
	quoted   = regexp.MustCompile(`"([^"]+)"`)
	outside  = regexp.MustCompile(`\bPROTOCOL\b|\.\./shared\b`)
)

// What a comment cites is in the project, and a reader finds it there.
func TestCitedHeadingsAreThere(t *testing.T) {
	top, cited := document.Top(t), 0
	for file, comment := range comments(t, top) {
		if found := outside.FindString(comment); found != "" {
			t.Errorf("%s cites %s, which is not in the project; %s has it all", file, found, document.Wire)
		}
		for _, found := range citation.FindAllStringSubmatch(comment, -1) {
			cited++
			name := found[1]
			if _, err := os.Stat(filepath.Join(top, filepath.FromSlash(name))); err != nil {
				t.Errorf("%s cites %s, which is not there; the path begins at the top", file, name)
				continue
			}
			for _, heading := range quoted.FindAllStringSubmatch(found[2], -1) {
				if !slices.Contains(document.Headings(t, name), heading[1]) {
					t.Errorf("%s cites %q of %s, which has no such heading", file, heading[1], name)
				}
			}
		}
	}
	if cited < 20 {
		t.Errorf("found %d citations", cited)
	}
}

// comments are the comments of all Go files, one line each, by a name for each.
func comments(t *testing.T, top string) func(yield func(file, text string) bool) {
	return func(yield func(file, text string) bool) {
		err := filepath.WalkDir(top, func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (entry.Name() == "build" || entry.Name() == ".git"):
				return fs.SkipDir
			case !strings.HasSuffix(file, ".go"):
				return nil
			}
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, file, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, group := range parsed.Comments {
				if !yield(set.Position(group.Pos()).String(), strings.Join(strings.Fields(group.Text()), " ")) {
					return fs.SkipAll
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
