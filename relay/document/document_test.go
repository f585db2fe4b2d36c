package document_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rawtcpcom/relay/document"
)

// The map of the rooms is of use only while it is whole.
func TestEveryPackageIsOnTheMap(t *testing.T) {
	top, text := document.Top(t), document.Read(t, document.Developing)
	seen := map[string]bool{}
	for _, area := range []string{"relay", "status", "gokrazy"} {
		err := filepath.WalkDir(filepath.Join(top, area), func(file string, entry fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(file, ".go") || seen[filepath.Dir(file)] {
				return err
			}
			seen[filepath.Dir(file)] = true
			dir, err := filepath.Rel(top, filepath.Dir(file))
			if name := filepath.ToSlash(dir); err == nil && !strings.Contains(text, "`"+name+"`") {
				t.Errorf("%s does not say what `%s` is for", document.Developing, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// quotedPath is a path from the top, in backquotes.
var quotedPath = regexp.MustCompile("`((?:relay|status|gokrazy|\\.ci)/[a-z0-9_./-]+)`(?:: `([A-Za-z0-9]+)`)?")

// Each path that a document names is there, and where a name follows it, as in
// `a/b.go`: `Name`, the file has that name in it.
func TestPathsAndNamesAreThere(t *testing.T) {
	top := document.Top(t)
	for _, name := range document.All {
		for _, found := range quotedPath.FindAllStringSubmatch(document.Read(t, name), -1) {
			file := filepath.Join(top, filepath.FromSlash(found[1]))
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s names %s, which is not there", name, found[1])
				continue
			}
			if found[2] == "" {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(`\b` + found[2] + `\b`).Match(text) {
				t.Errorf("%s says that %s has %s, which it has not", name, found[1], found[2])
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#]*)(?:#([^)]*))?\)`)

// Each link from one document leads to a file, and its end to a heading there.
func TestLinksLeadSomewhere(t *testing.T) {
	top := document.Top(t)
	for _, name := range document.All {
		for _, found := range link.FindAllStringSubmatch(document.Read(t, name), -1) {
			to := path.Join(path.Dir(name), found[1])
			if found[1] == "" {
				to = name
			}
			if _, err := os.Stat(filepath.Join(top, filepath.FromSlash(to))); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", name, found[1])
			} else if found[2] != "" && !slices.Contains(anchors(document.Headings(t, to)), found[2]) {
				t.Errorf("%s: %s has no heading for #%s", name, to, found[2])
			}
		}
	}
}

// anchors are the headings as links spell them.
func anchors(headings []string) []string {
	spelt := make([]string, len(headings))
	for i, h := range headings {
		h = regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(h), "")
		spelt[i] = strings.ReplaceAll(h, " ", "-")
	}
	return spelt
}

func TestReadmeIsShort(t *testing.T) {
	const most = 150
	if lines := strings.Count(document.Read(t, document.Readme), "\n"); lines > most {
		t.Errorf("%s has %d lines; what does not fit in %d belongs into a document that it names", document.Readme, lines, most)
	}
}
