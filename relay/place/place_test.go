package place

import (
	"os"
	"path/filepath"
	"testing"

	"rawtcpcom/gokrazy/settings"
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

// What a person is told to do can be done: each flag that a remedy names is a
// setting of the box.
func TestWhatIsToldCanBeDone(t *testing.T) {
	for flag, key := range map[string]string{
		"router": "robot.address", "backend": "robot.software", "realm": "robot.realm", "auth-id": "robot.auth-id",
		"auth-secret-file": "robot.auth-secret", "auth-ticket-in-clear": "robot.auth-ticket-in-clear", "router-ca": "robot.ca", "allow": "access.allow",
	} {
		s, ok := settings.Lookup(key)
		if !ok {
			t.Fatalf("there is no setting %s", key)
		}
		if told, want := Box.Set(flag, "X"), "set “"+s.Title+"” ("+key+") to X in the settings of this box's page"; told != want {
			t.Errorf("-%s on a box: %s, not %s", flag, told, want)
		}
	}
	if told := PC.Set("realm", "NAME"); told != "start the relay with -realm NAME" {
		t.Errorf("on a PC: %s", told)
	}
	if told := PC.Set("exclusive", "true"); told != "start the relay with -exclusive" {
		t.Errorf("a switch on a PC: %s", told)
	}
}
