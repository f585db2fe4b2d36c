package durable

import (
	"maps"
	"slices"
	"testing"
)

// A disk that is cut off after any step keeps what was synced: of a file, the
// content; of a folder, which names lead to which files. What was not may be
// there or not, so either has to be good.

// disk keeps both, and the states it could be found in after each step.
type disk struct {
	names, synced map[string]*node // as the running system sees them, and on disk
	found         []map[string]string
}

type node struct{ content, synced string }

func newDisk(files map[string]string) *disk {
	d := &disk{names: map[string]*node{}}
	for name, content := range files {
		d.names[name] = &node{content, content}
	}
	d.synced = maps.Clone(d.names)
	return d
}

// step notes what a power cut would leave from here: the names as they were
// synced or as they are now, each file as it was synced.
func (d *disk) step() {
	for _, names := range []map[string]*node{d.synced, d.names} {
		left := map[string]string{}
		for name, n := range names {
			left[name] = n.synced
		}
		d.found = append(d.found, left)
	}
}

func (d *disk) create(path string) (file, error) {
	d.names[path] = &node{}
	d.step()
	return handle{d, d.names[path]}, nil
}

func (d *disk) rename(from, to string) error {
	d.names[to] = d.names[from]
	delete(d.names, from)
	d.step()
	return nil
}

func (d *disk) remove(path string) error {
	delete(d.names, path)
	d.step()
	return nil
}

func (d *disk) openFolder(string) (file, error) { return handle{d, nil}, nil }

// handle is an open file, or the folder.
type handle struct {
	d *disk
	n *node
}

func (h handle) Write(b []byte) (int, error) {
	h.n.content += string(b)
	h.d.step()
	return len(b), nil
}

func (h handle) Sync() error {
	if h.n == nil {
		h.d.synced = maps.Clone(h.d.names)
	} else {
		h.n.synced = h.n.content
	}
	h.d.step()
	return nil
}

func (h handle) Close() error { return nil }

func TestPowerCutLeavesTheOldFileOrTheNew(t *testing.T) {
	d := newDisk(map[string]string{"/d/ids": "old"})
	if err := replace(d, "/d/ids", []byte("new")); err != nil {
		t.Fatal(err)
	}
	for i, left := range d.found {
		if got := left["/d/ids"]; got != "old" && got != "new" {
			t.Errorf("after step %d a power cut leaves %q", i/2, left)
		}
	}
	d.found = nil
	d.step()
	for _, left := range d.found {
		if left["/d/ids"] != "new" {
			t.Errorf("after all a power cut leaves %q", left)
		}
	}
}

func TestPowerCutAfterRemoveBringsNoFileBack(t *testing.T) {
	d := newDisk(map[string]string{"/d/ids": "old", "/d/busy": "old"})
	if err := remove(d, "/d/busy"); err != nil {
		t.Fatal(err)
	}
	d.found = nil
	d.step()
	for _, left := range d.found {
		if names := slices.Collect(maps.Keys(left)); !slices.Equal(names, []string{"/d/ids"}) {
			t.Errorf("a power cut leaves %v", names)
		}
	}
}
