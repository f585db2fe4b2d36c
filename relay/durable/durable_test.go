package durable_test

import (
	"os"
	"path/filepath"
	"testing"

	"rawtcpcom/relay/durable"
)

func TestWhatACutOfThePowerLeftIsUsedUp(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ids.json")
	if err := os.WriteFile(path+".new", []byte(`{"a longer text than the one that replaces it`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 2} {
		if err := durable.WriteJSON(path, n); err != nil {
			t.Fatal(err)
		}
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "2\n" {
		t.Errorf("it holds %q, %v", content, err)
	}
	expectFiles(t, dir, 1)
}

func TestAFailedWriteLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ids.json")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if durable.WriteJSON(path, 1) == nil {
		t.Error("a folder was replaced by a file")
	}
	if durable.WriteJSON(filepath.Join(dir, "b.json"), func() {}) == nil {
		t.Error("a function was written as JSON")
	}
	expectFiles(t, dir, 1)
}

func expectFiles(t *testing.T, dir string, n int) {
	t.Helper()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != n {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}
