package place

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/instance"
)

func TestBoxAndPC(t *testing.T) {
	root := t.TempDir()
	if Of(root) != PC {
		t.Error("an empty file system is a box")
	}
	if err := os.MkdirAll(filepath.Join(root, "gokrazy"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "gokrazy", "init"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if Of(root) != Box {
		t.Error("a file system with gokrazy's init is no box")
	}
}

// What a person is told to do can be done: the variables, the target and the
// file are there, and the box has that name.
func TestWhatIsToldCanBeDone(t *testing.T) {
	mk, err := os.ReadFile("../../gokrazy/image.mk")
	if err != nil {
		t.Fatal(err)
	}
	for flag, variable := range Variables {
		if told := Box.Set(flag, "X"); !strings.Contains(told, " "+variable+"=X ") || !strings.Contains(string(mk), "-"+flag+"=$("+variable+")") {
			t.Errorf("-%s is %s: %s", flag, variable, told)
		}
	}
	told := Box.Set("realm", "NAME")
	for _, part := range []string{"-realm=NAME", instance.Dir + "/config.json", "make update-root HOST=" + instance.Name} {
		if !strings.Contains(told, part) {
			t.Errorf("%q is not in %q", part, told)
		}
	}
	if !strings.Contains(string(mk), "\nupdate-root:") {
		t.Error("there is no make update-root")
	}
	if told := PC.Set("realm", "NAME"); told != "start the relay with -realm NAME" {
		t.Errorf("on a PC: %s", told)
	}
	if told := PC.Set("exclusive", "true"); told != "start the relay with -exclusive" {
		t.Errorf("a switch on a PC: %s", told)
	}
}
