//go:build image

package pack

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"
	"time"

	"rawtcpcom/gokrazy/instance"
)

// TestSameSourcesGiveTheSameBytes makes the root file system twice, at
// different times and in different places.
func TestSameSourcesGiveTheSameBytes(t *testing.T) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	config, err := instance.Load(filepath.Join(top, instance.Dir))
	if err != nil {
		t.Fatal(err)
	}
	stamp := Stamp{Version: "same", Revision: "same", Built: time.Unix(1_800_000_000, 0).UTC()}
	var sums [2][]byte
	for i := range sums {
		path := filepath.Join(t.TempDir(), "root.squashfs")
		if err := (Build{Top: top, Parent: "build", Config: config, Stamp: stamp, Log: io.Discard}).Root(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		var size int64
		if sums[i], size, err = RootHash(path, 0); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d bytes, %x", size, sums[i])
	}
	if !bytes.Equal(sums[0], sums[1]) {
		t.Error("the two differ")
	}
}
