package document_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rawtcpcom/relay/document"
)

// goVersion is the one that go.mod asks for, such as 1.26.8.
func goVersion(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(document.Top(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^go (\S+)$`).FindSubmatch(text)
	if found == nil {
		t.Fatal("go.mod names no version of Go")
	}
	return string(found[1])
}

func TestReadmeNamesTheGoThatIsNeeded(t *testing.T) {
	if want := "Go " + goVersion(t); !strings.Contains(document.Read(t, document.Readme), want) {
		t.Errorf("%s does not say %q, as go.mod does", document.Readme, want)
	}
}

// A Go that is too old, or none, is named by make before anything is built:
// what Go itself says of go.mod does not tell a newcomer what to do.
func TestMakeSaysThatGoIsTooOld(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Fatal("make is missing: ", err)
	}
	need := goVersion(t)
	for _, c := range []struct {
		name, version string
		fetches       bool // the newer one
		says          string
	}{
		{"Debian 12", "1.19.8", false, "this is Go 1.19.8"},
		{"Debian 13, no network", "1.24.4", false, "this is Go 1.24.4"},
		{"Debian 13", "1.24.4", true, ""},
		{"the same", need, false, ""},
		{"newer", "1.100.0", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin := t.TempDir()
			script := "#!/bin/sh\ncase $1 in version) echo go version go" + c.version + " linux/amd64;; list) " + map[bool]string{true: "exit 0", false: "exit 1"}[c.fetches] + ";; esac\n"
			if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			make := exec.Command("make", "--no-print-directory", "-C", document.Top(t), "go")
			make.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "MAKEFLAGS=")
			out, err := make.CombinedOutput()
			switch {
			case c.says == "" && err != nil:
				t.Errorf("it is refused: %s", out)
			case c.says != "" && (err == nil || !strings.Contains(string(out), "needs Go "+need+" or later: "+c.says)):
				t.Errorf("%v: it says %s", err, out)
			}
		})
	}
}
