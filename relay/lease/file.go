package lease

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/google/uuid"
)

// FileName is the pool file's name in the data directory.
const FileName = "ids.json"

// contents is the pool file.
type contents struct {
	IDs []string `json:"ids"`
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
