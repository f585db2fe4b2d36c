package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"rawtcpcom/gokrazy/stick/report"
	"rawtcpcom/relay/durable"
)

// takenName is the file, beside the settings, that holds the hash of the last file
// that was taken from each source.
const takenName = "taken.json"

func hash(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// taken is the hashes. What cannot be read is as good as nothing: at worst a file
// is taken once more.
func (in Intake) taken() map[report.Source]string {
	hashes := map[report.Source]string{}
	text, err := os.ReadFile(in.takenPath())
	if err == nil {
		err = json.Unmarshal(text, &hashes)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		in.Log.Warn("it is not known which file was taken last", "error", err)
	}
	if hashes == nil { // of "null"
		hashes = map[report.Source]string{}
	}
	return hashes
}

// remember keeps the hash of a file that was taken. The settings are saved before:
// where the power is cut between, the same file is taken once more.
func (in Intake) remember(source report.Source, file []byte) error {
	hashes := in.taken()
	hashes[source] = hash(file)
	if err := durable.WriteJSON(in.takenPath(), hashes); err != nil {
		return fmt.Errorf("remember which file was taken: %w", err)
	}
	return nil
}

func (in Intake) takenPath() string { return filepath.Join(in.Store.Dir, takenName) }
