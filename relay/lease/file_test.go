package lease

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestARestartKeepsTheIDs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "on", "demand")
	before := open(t, dir, 4).IDs()
	if after := open(t, dir, 4).IDs(); !slices.Equal(before, after) {
		t.Errorf("%v became %v", before, after)
	}
	for i, id := range before {
		if u, err := uuid.Parse(id); err != nil || u.String() != id || slices.Contains(before[:i], id) {
			t.Errorf("%q is no id of its own", id)
		}
	}
}

func TestThePoolGrowsAndShrinksWithoutLosingIDs(t *testing.T) {
	dir := t.TempDir()
	two := open(t, dir, 2).IDs()
	four := open(t, dir, 4).IDs()
	if !slices.Equal(four[:2], two) || len(four) != 4 {
		t.Errorf("%v grew to %v", two, four)
	}
	if one := open(t, dir, 1).IDs(); !slices.Equal(one, four[:1]) {
		t.Errorf("%v shrank to %v", four, one)
	}
	if again := open(t, dir, 4).IDs(); !slices.Equal(again, four) {
		t.Errorf("after a small pool %v came back as %v", four, again)
	}
}

func TestTheFileIsWrittenOnlyWhenThePoolGrows(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir, 3)
	path := filepath.Join(dir, FileName)
	before, err := os.Stat(path)
	if err != nil || before.Mode().Perm() != 0o644 {
		t.Fatalf("%v, %v", before, err)
	}
	for range 10 {
		p.Release(lease(t, p))
	}
	open(t, dir, 3)
	open(t, dir, 1)
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was replaced, %v", err)
	}
	if names := list(t, dir); !slices.Equal(names, []string{FileName}) {
		t.Errorf("the directory holds %v", names)
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

const anID = "7a316086-7fff-4f71-a068-f873119cd309"

func TestACorruptFileIsSetAsideAndReplaced(t *testing.T) {
	for name, content := range map[string]string{
		"empty":               "",
		"zeros":               strings.Repeat("\x00", 200),
		"text":                "hello\n",
		"null":                "null",
		"an array":            `["` + anID + `"]`,
		"no ids":              `{}`,
		"ids null":            `{"ids": null}`,
		"ids empty":           `{"ids": []}`,
		"key misspelt":        `{"id": ["` + anID + `"]}`,
		"ids of another type": `{"ids": [1]}`,
		"an empty id":         `{"ids": ["` + anID + `", ""]}`,
		"an id cut short":     `{"ids": ["` + anID[:35] + `"]}`,
		"an id in capitals":   `{"ids": ["` + strings.ToUpper(anID) + `"]}`,
		"an id in braces":     `{"ids": ["{` + anID + `}"]}`,
		"an id twice":         `{"ids": ["` + anID + `", "` + anID + `"]}`,
		"cut short":           `{"ids": ["` + anID + `"`,
		"rubbish behind":      `{"ids": ["` + anID + `"]}}`,
		"two objects":         `{"ids": ["` + anID + `"]}` + "\n" + `{"ids": []}`,
		"not UTF-8":           "{\"ids\": [\"\xff\"]}",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, FileName, content)
			var log bytes.Buffer
			p, err := Open(dir, 4, slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			if ids := p.IDs(); len(ids) != 4 || slices.Contains(ids, anID) {
				t.Errorf("the new pool is %v", ids)
			}
			if kept, err := os.ReadFile(filepath.Join(dir, FileName+".corrupt")); err != nil || string(kept) != content {
				t.Errorf("kept %q, %v", kept, err)
			}
			if l := log.String(); strings.Count(l, "\n") != 1 || !strings.Contains(l, "level=WARN") || !strings.Contains(l, FileName+".corrupt") {
				t.Errorf("the log says %q", l)
			}
			if again := open(t, dir, 4).IDs(); !slices.Equal(again, p.IDs()) {
				t.Errorf("the new file gave %v, not %v", again, p.IDs())
			}
		})
	}
}

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFileEditedByHandIsUnderstood(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, FileName, "\n {\"ids\":\t[\""+anID+"\"],\r\n \"note\": \"mine\"}  ")
	if ids := open(t, dir, 1).IDs(); !slices.Equal(ids, []string{anID}) {
		t.Errorf("got %v", ids)
	}
}

func TestASecondCorruptFileReplacesTheOneSetAside(t *testing.T) {
	dir := t.TempDir()
	for _, content := range []string{"first", "second"} {
		put(t, dir, FileName, content)
		open(t, dir, 1)
		if kept, err := os.ReadFile(filepath.Join(dir, FileName+".corrupt")); err != nil || string(kept) != content {
			t.Errorf("kept %q, %v", kept, err)
		}
	}
}

// The power may fail at any moment. What write leaves is the old file or the
// new; should a file system leave a part of it, that is noticed.
func TestEveryPartOfAWrittenFileIsWholeOrSetAside(t *testing.T) {
	dir := t.TempDir()
	want := open(t, dir, 3).IDs()
	whole, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) + 1 {
		ids, err := parse(whole[:n])
		complete := n >= len(whole)-1 // but for the newline at its end
		if complete != (err == nil) || complete && !slices.Equal(ids, want) {
			t.Errorf("%d of %d bytes: %v, %v", n, len(whole), ids, err)
		}
		zeros := append(slices.Clone(whole[:n]), make([]byte, len(whole)-n)...)
		if _, err := parse(zeros); (err == nil) != (n == len(whole)) {
			t.Errorf("zeros from byte %d on: %v", n, err)
		}
	}
}

func TestWhatAPowerCutLeftBehindIsHarmless(t *testing.T) {
	dir := t.TempDir()
	before := open(t, dir, 2).IDs()
	put(t, dir, FileName+".new", `{"ids": ["`)
	if after := open(t, dir, 2).IDs(); !slices.Equal(after, before) {
		t.Errorf("%v became %v", before, after)
	}
	if grown := open(t, dir, 4).IDs(); !slices.Equal(grown[:2], before) {
		t.Errorf("%v grew to %v", before, grown)
	}
	if names := list(t, dir); !slices.Equal(names, []string{FileName}) {
		t.Errorf("the directory holds %v", names)
	}
}

func TestADirectoryThatCannotBeUsedIsSaidWithTheRemedy(t *testing.T) {
	base := t.TempDir()
	put(t, base, "file", "")
	sub := func(names ...string) string {
		dir := filepath.Join(append([]string{t.TempDir()}, names...)...)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	fileIsDirectory := sub(FileName)
	asideIsTaken := sub(FileName+".corrupt", "full")
	put(t, filepath.Dir(filepath.Dir(asideIsTaken)), FileName, "corrupt")
	for name, c := range map[string]struct{ dir, say string }{
		"under a file":                {filepath.Join(base, "file", "dir"), "point -data at"},
		"is a file":                   {filepath.Join(base, "file"), "point -data at"},
		"the file is a directory":     {filepath.Dir(fileIsDirectory), "point -data at"},
		"the corrupt one cannot move": {filepath.Dir(filepath.Dir(asideIsTaken)), "remove"},
		"no name":                     {"", "point -data at"},
		"a device":                    {os.DevNull, "point -data at"},
	} {
		p, err := Open(c.dir, 2, slog.New(slog.DiscardHandler))
		if err == nil || len(p.IDs()) > 0 {
			t.Errorf("%s: %v, %v", name, p, err)
			continue
		}
		p.Fill(2, []string{"a", "b", "c"})
		if ids := p.IDs(); !slices.Equal(ids, []string{"a", "b"}) || p.Resting("a") != Unsure {
			t.Errorf("%s: filled with %v", name, ids)
		}
		if text := err.Error(); !strings.HasPrefix(text, "opening the pool of client ids: ") || !strings.Contains(text, c.say) || strings.Contains(text, "\n") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

func TestADirectoryThatCannotBeWrittenIsSaidWithTheRemedy(t *testing.T) {
	const dir = "/proc" // refuses new files to root, too
	if _, err := Open(dir, 2, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "point -data at a directory that can be written") {
		t.Errorf("got %v", err)
	}
}

// A disk that has become full lets no pool grow, and takes no id from it.
func TestIDsThatCouldBeReadAreKeptWhereThePoolCannotGrow(t *testing.T) {
	dir := t.TempDir()
	before := open(t, dir, 2).IDs()
	if err := os.MkdirAll(filepath.Join(dir, FileName+".new", "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := Open(dir, 4, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "point -data at") {
		t.Errorf("got %v", err)
	}
	p.Fill(4, []string{"a", "b", "c", "d"})
	if ids := p.IDs(); !slices.Equal(ids, append(before, "a", "b")) {
		t.Errorf("%v became %v", before, ids)
	}
}

// Which ids are busy outlives a relay that is stopped, once.
func TestBusyIDsRestAtTheNextStart(t *testing.T) {
	dir := t.TempDir()
	rests := func(p *Pool) (list []Rest) {
		for _, id := range p.IDs() {
			list = append(list, p.Resting(id))
		}
		return list
	}
	p := open(t, dir, 3)
	for i, rest := range []Rest{Rested, Busy, Brief} {
		p.SetRest(p.IDs()[i], rest)
	}
	for i, step := range []struct {
		close bool
		want  []Rest
	}{
		{true, []Rest{Rested, Busy, Rested}},
		{true, []Rest{Rested, Busy, Rested}}, // it has not been told that it has rested
		{false, []Rest{Unsure, Unsure, Unsure}},
	} {
		if step.close {
			p.Close()
		}
		p = open(t, dir, 3)
		if got := rests(p); !slices.Equal(got, step.want) {
			t.Errorf("start %d: %v", i, got)
		}
		if names := list(t, dir); !slices.Equal(names, []string{FileName}) {
			t.Errorf("start %d: the directory holds %v", i, names)
		}
	}
	put(t, dir, busyName, "rubbish")
	if got := rests(open(t, dir, 4)); !slices.Equal(got, []Rest{Unsure, Unsure, Unsure, Rested}) {
		t.Errorf("with a file that is damaged: %v", got)
	}
}

// A pool that is made smaller for a while forgets no busy id: the robot may still
// speak on it.
func TestBusyIDsRestOverASmallerPool(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir, 3)
	busy := p.IDs()[2]
	p.SetRest(busy, Busy)
	for _, size := range []int{1, 3} {
		p.Close()
		p = open(t, dir, size)
	}
	if got := p.Resting(busy); got != Busy {
		t.Errorf("the id rests as %v", got)
	}
}
