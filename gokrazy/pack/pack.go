// Package pack makes the image, and the root file system alone, by running
// gok on a stamped copy of the instance.
//
// gok is run as a program (the pinned one, through "go tool") and not linked
// in: its packer is internal to it, and its command line is what its own
// documentation and users know.
package pack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/squash"
)

// CardSize is the length of the image in bytes: the smallest card that can
// still be bought, and a power of two, which the emulated Pi insists on.
const CardSize = 2 << 30

// A Build is one way to make the box's software.
type Build struct {
	Top    string // the top of the source tree
	Parent string // folder right in Top that gets the stamped instance, such as build
	Config instance.Config
	Stamp  Stamp
	Log    io.Writer // progress, for a person
}

// Image writes the image of a whole card.
func (b Build) Image(ctx context.Context, path string) error {
	if err := b.gok(ctx, stamped, "overwrite", "--full="+path, fmt.Sprintf("--target_storage_bytes=%d", CardSize)); err != nil {
		return fmt.Errorf("make the image: %w", err)
	}
	if err := card.MakeRoom(path); err != nil {
		return fmt.Errorf("make the image: %w", err)
	}
	partitions, err := card.Partitions(path)
	if err != nil {
		return fmt.Errorf("make the image: %w", err)
	}
	return setTimes(path, partitions[card.RootA].Start, b.Stamp.Built)
}

// Root writes the root file system alone, as an update that leaves kernel and
// boot partition as they are.
func (b Build) Root(ctx context.Context, path string) error {
	// gok insists on making a boot partition too, which is not wanted here.
	scrap, err := os.MkdirTemp("", "rawtcpcom-root-")
	if err != nil {
		return fmt.Errorf("make the root file system: %w", err)
	}
	defer os.RemoveAll(scrap)
	if err := b.gok(ctx, stamped, "overwrite", "--root="+path, "--boot="+filepath.Join(scrap, "boot"), "--mbr="+filepath.Join(scrap, "mbr")); err != nil {
		return fmt.Errorf("make the root file system: %w", err)
	}
	return setTimes(path, 0, b.Stamp.Built)
}

// Flash overwrites the card in a drive. Its root file system differs from
// that of the image in the times of its files only.
func (b Build) Flash(ctx context.Context, device string) error {
	if err := b.gok(ctx, stamped, "overwrite", "--full="+device); err != nil {
		return fmt.Errorf("write the card %s: %w", device, err)
	}
	return nil
}

// Update makes the software and sends it to the running box that the config
// names.
func (b Build) Update(ctx context.Context) error {
	// gok waits until the box tells the build timestamp that gok itself chose.
	if err := b.gok(ctx, unstamped, "update"); err != nil {
		return fmt.Errorf("update the box: %w", err)
	}
	return nil
}

const (
	stamped   = true  // gokrazy's build timestamp is the stamp's
	unstamped = false // it is the moment of the build
)

// goWrapper stands before the real go in gok's search path. gok writes the
// moment of the build into the source text of the box's init and cannot be
// told another; this puts the stamp's time there just before it is compiled.
const goWrapper = `#!/bin/sh
for last; do :; done
case $last in
*/init.go) sed -i "s/^var buildTimestamp = .*/var buildTimestamp = \"$BUILD_TIMESTAMP\"/" "$last" ;;
esac
exec "$REAL_GO" "$@"
`

func (b Build) gok(ctx context.Context, stamped bool, args ...string) error {
	config := b.Config.Clone()
	config.Stamp(b.Stamp.ldflags())
	if err := config.Write(b.Top, b.Parent); err != nil {
		return err
	}
	tools := filepath.Join(b.Top, b.Parent, "tools")
	gok := filepath.Join(tools, "gok")
	if err := b.run(ctx, os.Environ(), "go", "build", "-o", gok, "github.com/gokrazy/tools/cmd/gok"); err != nil {
		return err
	}
	// Paths of this machine and temporary folders must not get into the
	// programs, or no two builds would be the same.
	env := append(os.Environ(), "GOFLAGS=-trimpath -buildvcs=false '-ldflags=-s -w'")
	if stamped {
		realGo, err := exec.LookPath("go")
		if err != nil {
			return fmt.Errorf("find the go command: %w", err)
		}
		wrapper := filepath.Join(tools, "first-in-path")
		if err := os.MkdirAll(wrapper, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(wrapper, "go"), []byte(goWrapper), 0o755); err != nil {
			return err
		}
		env = append(env, "REAL_GO="+realGo, "BUILD_TIMESTAMP="+b.Stamp.Built.Format(time.RFC3339),
			"PATH="+wrapper+string(filepath.ListSeparator)+os.Getenv("PATH"))
	}
	return b.run(ctx, env, gok, slices.Concat(args, []string{"--instance=" + instance.Name, "--parent_dir=" + b.Parent})...)
}

func (b Build) run(ctx context.Context, env []string, program string, args ...string) error {
	command := exec.CommandContext(ctx, program, args...)
	command.Dir, command.Env = b.Top, env
	r, w := io.Pipe()
	command.Stdout, command.Stderr = w, w
	said := make(chan string, 1)
	go func() { said <- relayLog(b.Log, r) }()
	err := command.Run()
	w.Close()
	if last := <-said; err != nil {
		return fmt.Errorf("run %s %s: %w: %s", filepath.Base(program), args[0], err, last)
	}
	return nil
}

var (
	logTime  = regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ?`)
	detail   = regexp.MustCompile(`^( +(will be |from |last modified)|Build timestamp)`)
	password = regexp.MustCompile(`(//[a-z]+:)[^@/]+@`)
)

// relayLog passes gok's lines on, without the password that gok shows in
// addresses, without its advice (which does not fit here) and without
// blanks. It returns the last lines, for an error.
func relayLog(w io.Writer, r io.Reader) string {
	var last []string
	lines := bufio.NewScanner(r)
	advice := false
	for lines.Scan() {
		line := logTime.ReplaceAllString(lines.Text(), "")
		line = strings.TrimRight(password.ReplaceAllString(line, "${1}***@"), " ")
		switch {
		case strings.HasPrefix(line, "If your applications need"), strings.HasPrefix(line, "To interact with the device"):
			advice = true
		case strings.HasPrefix(line, "Build complete"), strings.HasPrefix(line, "Updating "):
			advice = false
		}
		if line == "" || advice || detail.MatchString(line) {
			continue
		}
		fmt.Fprintln(w, "  "+line)
		if strings.HasPrefix(line, "Building ") {
			fmt.Fprintln(w, "  (the first time takes a few minutes)")
		}
		if last = append(last, line); len(last) > 5 {
			last = last[1:]
		}
	}
	// A line too long for the scanner must not block gok.
	_, _ = io.Copy(io.Discard, r)
	return strings.Join(last, "; ")
}

// part is the part of a file from a byte on.
type part struct {
	file *os.File
	from int64
}

func (p part) ReadAt(b []byte, at int64) (int, error)  { return p.file.ReadAt(b, p.from+at) }
func (p part) WriteAt(b []byte, at int64) (int, error) { return p.file.WriteAt(b, p.from+at) }

func setTimes(path string, from int64, t time.Time) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return squash.SetTimes(part{f, from}, t)
}

// RootHash is the SHA-256 of the root file system in a file or on a card,
// and its length in bytes.
func RootHash(path string, from int64) (sum []byte, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("hash the root file system: %w", err)
	}
	defer f.Close()
	return squash.Hash(io.NewSectionReader(f, from, 1<<62))
}
