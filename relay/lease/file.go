package lease

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"

	"rawtcpcom/relay/durable"
)

// FileName is the pool file's name in the data directory.
const FileName = "ids.json"

// busyName is the file, there only while no relay runs, that says which ids were
// busy when the last one ended.
const busyName = "busy.json"

// contents is either file.
type contents struct {
	IDs []string `json:"ids"`
}

// Open reads the pool from a directory, which is made if it is missing, and
// lets it grow to size ids. A pool file that cannot be understood is set aside
// and replaced, with a warning in the log.
//
// Where the directory cannot be used, the error says why and what to do. The
// pool is there all the same, with the ids that could be read; see Fill.
func Open(dir string, size int, log *slog.Logger) (*Pool, error) {
	texts, err := read(dir, log)
	if err != nil {
		err = fmt.Errorf("opening the pool of client ids: %w", err)
	}
	rests := map[string]Rest{} // a new id rests for nothing
	if err == nil && len(texts) > 0 {
		rests, err = takeRests(dir, texts)
	}
	if err == nil && len(texts) < size {
		texts, err = grow(dir, texts, size)
	}
	p := &Pool{dir: dir, log: log}
	for i, t := range texts {
		if i < size {
			p.ids = append(p.ids, &id{text: t, rest: rests[t]})
		} else if rests[t] >= Busy {
			p.beyond = append(p.beyond, t)
		}
	}
	return p, err
}

// grow adds new ids up to size and keeps them, or adds none.
func grow(dir string, texts []string, size int) ([]string, error) {
	grown := slices.Clone(texts)
	for len(grown) < size {
		grown = append(grown, uuid.NewString())
	}
	if err := durable.WriteJSON(filepath.Join(dir, FileName), contents{IDs: grown}); err != nil {
		return texts, fmt.Errorf("keeping the pool of client ids: %w; point -data at a directory that can be written", err)
	}
	return grown, nil
}

// Unkept is a pool that is not on disk, with no ids yet; see Fill.
func Unkept(log *slog.Logger) *Pool { return &Pool{log: log} }

// Fill adds ids that are not kept, for a pool whose directory cannot be used,
// until there are size of them. They may have been lent before.
func (p *Pool) Fill(size int, ids []string) {
	for _, text := range ids {
		if len(p.ids) < size {
			p.ids = append(p.ids, &id{text: text, rest: Unsure})
		}
	}
}

// read returns the ids in the directory's pool file, none where there is no
// file yet or where it had to be set aside.
func read(dir string, log *slog.Logger) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("%w; point -data at a directory that can be written", err)
	}
	path := filepath.Join(dir, FileName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w; point -data at a directory that can be read", err)
	}
	ids, err := parse(b)
	if err == nil {
		return ids, nil
	}
	aside := path + ".corrupt"
	if renameErr := os.Rename(path, aside); renameErr != nil {
		return nil, fmt.Errorf("%s is corrupt (%w) and cannot be set aside: %w; remove both", path, err, renameErr)
	}
	log.Warn("pool of client ids was corrupt and is replaced; the driver may be full until it is restarted",
		"file", path, "error", err, "kept", aside)
	return nil, nil
}

// parse refuses a file with any id that is not one: an empty id would make the
// driver invent another and lose a slot to it. It refuses a file without ids
// too, which is never written; someone may have edited it and lost them.
func parse(b []byte) ([]string, error) {
	var c contents
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, err
	}
	if len(c.IDs) == 0 {
		return nil, errors.New("it holds no client ids")
	}
	seen := map[string]bool{}
	for _, x := range c.IDs {
		if u, err := uuid.Parse(x); err != nil || u.String() != x {
			return nil, fmt.Errorf("%q is no client id", x)
		}
		if seen[x] {
			return nil, fmt.Errorf("the id %s is there twice", x)
		}
		seen[x] = true
	}
	return c.IDs, nil
}

// takeRests reads why each id rests and deletes the file that says so: the
// relay that runs now may end without the time to write it. Where there is none
// of the last, or it cannot be deleted, nobody knows.
func takeRests(dir string, texts []string) (map[string]Rest, error) {
	rests := map[string]Rest{}
	for _, t := range texts {
		rests[t] = Unsure
	}
	path := filepath.Join(dir, busyName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return rests, nil
	}
	if err == nil {
		err = durable.Remove(path)
	}
	if err != nil {
		return rests, fmt.Errorf("opening the pool of client ids: %w; point -data at a directory that can be written", err)
	}
	var busy contents
	if json.Unmarshal(b, &busy) != nil {
		return rests, nil
	}
	for _, t := range texts {
		rests[t] = Rested
		if slices.Contains(busy.IDs, t) {
			rests[t] = Busy
		}
	}
	return rests, nil
}

// Close keeps which ids are busy, for the next relay.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	busy := contents{IDs: append([]string{}, p.beyond...)}
	for _, x := range p.ids {
		if x.rest >= Busy {
			busy.IDs = append(busy.IDs, x.text)
		}
	}
	if err := durable.WriteJSON(filepath.Join(p.dir, busyName), busy); err != nil {
		p.log.Warn("which client ids are busy could not be kept; at the next start all of them rest for a while", "error", err)
	}
}
