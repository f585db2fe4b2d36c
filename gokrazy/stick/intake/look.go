package intake

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"rawtcpcom/gokrazy/settings"
)

// The names that count, in any case. Notepad adds .txt to what it saves, and
// Windows hides it.
var (
	settingsNames = []string{"rawtcpcom.toml", "rawtcpcom.toml.txt", "rawtcpcom.txt"}
	resetNames    = []string{"rawtcpcom-reset", "rawtcpcom-reset.txt"}
)

// What is written beside them.
const (
	resultName = "rawtcpcom-result.txt"
	doneName   = "rawtcpcom-reset.done" // what a reset's file is renamed to
)

// meant are names that somebody chose who had one of those in mind, such as
// "rawtcpcom (1).toml" of a browser, or the .rtf of a word processor.
var meant = regexp.MustCompile(`^rawtcpcom.*\.(toml|txt|rtf|docx?|odt|conf|cfg|ini)$`)

// maxEntries is how many names are looked at, so that no stick keeps the box busy.
const maxEntries = 100_000

// found is what lies in the top folder of a medium.
type found struct {
	name    string   // of the settings file; empty for none
	file    []byte   // its content, or more than settings.MaxSize of it
	resets  []string // files that ask for a reset
	refused string   // why the settings file cannot be read; empty where it can
	trouble []string
}

// nothing is whether the medium has nothing for the box, as most have.
func (f found) nothing() bool {
	return f.name == "" && len(f.resets) == 0 && f.refused == "" && len(f.trouble) == 0
}

// look looks for the files that count in the top folder.
func look(dir string) (found, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return found{}, err
	}
	defer root.Close()
	names, rest, err := candidates(root)
	if err != nil {
		return found{}, err
	}
	var f found
	var files []string
	for _, e := range names {
		switch isSettings := named(e.Name(), settingsNames); {
		case !e.Type().IsRegular():
			f.trouble = append(f.trouble, e.Name()+" is no file, and was left alone; its name is for a text file")
		case isSettings:
			files = append(files, e.Name())
		default:
			f.resets = append(f.resets, e.Name())
		}
	}
	switch len(files) {
	case 0:
		for _, name := range rest {
			f.trouble = append(f.trouble, name+" was not read; a file of settings has the name "+settingsNames[0])
		}
	case 1:
		f.name = files[0]
		f.file, err = content(root, f.name)
		if err != nil {
			f.refused = fmt.Sprintf("it cannot be read (%v); copy it to the stick again, or try another stick", err)
		}
	default:
		slices.Sort(files)
		f.name = files[0]
		f.refused = "there are several files of settings, " + strings.Join(files, " and ") + "; leave the one that is meant"
	}
	return f, nil
}

// candidates are the entries whose names count, and names that come close.
func candidates(root *os.Root) (count []fs.DirEntry, close []string, err error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, nil, err
	}
	defer dir.Close()
	for seen := 0; seen < maxEntries; {
		entries, err := dir.ReadDir(1000)
		seen += len(entries)
		for _, e := range entries {
			switch name := strings.ToLower(e.Name()); {
			case named(name, settingsNames) || named(name, resetNames):
				count = append(count, e)
			case strings.HasPrefix(name, "rawtcpcom-result"):
			case meant.MatchString(name) && e.Type().IsRegular() && len(close) < 5:
				close = append(close, e.Name())
			}
		}
		if errors.Is(err, io.EOF) {
			return count, close, nil
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, fmt.Errorf("it has more than %d files in its top folder; take a stick with fewer", maxEntries)
}

func named(name string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// content reads as much of a file as it takes to see that it is too long.
func content(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, settings.MaxSize+1))
}
