package main

import (
	"io"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

// Each setting of the page and the lamps is a flag with the same default.
func TestSettingsAreFlags(t *testing.T) {
	var help strings.Builder
	if _, err := parseFlags([]string{"-help"}, &help); err != errHelp {
		t.Fatal(err)
	}
	for _, s := range settings.All() {
		for _, f := range s.Flags {
			if f.Program != settings.Status {
				continue
			}
			_, after, found := strings.Cut(help.String(), "\n  -"+f.Name)
			about, _, _ := strings.Cut(after, "\n  -")
			if !found || s.Default != "false" && !strings.Contains(about, `(default "`+s.Default+`")`) {
				t.Errorf("the flag of %s is %q, and its default %q", s.Key, about, s.Default)
			}
			for _, choice := range s.Choices {
				if _, err := parseFlags([]string{"-" + f.Name + "=" + choice}, io.Discard); err != nil {
					t.Errorf("%s = %s: %v", s.Key, choice, err)
				}
			}
		}
	}
}
