package licence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"rawtcpcom/gokrazy/instance"
)

// Libraries are the licences of what is linked into the programs of an image and
// into those for PCs, by the modules' paths. The error names every module that may
// not be there. All is these with kernel and firmware, which are large to fetch.
func Libraries(ctx context.Context, top string) ([]Found, error) { return licences(ctx, top) }

// All are the licences of everything that is shipped.
func All(ctx context.Context, top string) ([]Found, error) {
	c, err := instance.Load(filepath.Join(top, instance.Dir))
	if err != nil {
		return nil, err
	}
	return licences(ctx, top, c.KernelPackage, c.FirmwarePackage)
}

func licences(ctx context.Context, top string, more ...string) ([]Found, error) {
	modules, err := shipped(ctx, top, more)
	if err != nil {
		return nil, err
	}
	goItself, err := standardLibrary(ctx)
	if err != nil {
		return nil, err
	}
	var all []Found
	var problems []error
	for _, m := range append([]Module{goItself}, modules...) {
		found, err := Find(m)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		all = append(all, found)
	}
	return all, errors.Join(problems...)
}

// shipped are the modules of the image and of the programs for PCs.
func shipped(ctx context.Context, top string, more []string) ([]Module, error) {
	c, err := instance.Load(filepath.Join(top, instance.Dir))
	if err != nil {
		return nil, err
	}
	box := slices.Concat(c.Packages, c.GokrazyPackages, []string{"github.com/gokrazy/gokrazy"}, more)
	modules, err := Modules(ctx, filepath.Join(top, instance.Dir, "builddir"), Target{"linux", "arm64"}, box...)
	if err != nil {
		return nil, err
	}
	for _, system := range []string{"linux", "darwin", "windows"} {
		pc, err := Modules(ctx, top, Target{system, "amd64"}, "./relay", "./status")
		if err != nil {
			return nil, err
		}
		modules = append(modules, pc...)
	}
	slices.SortFunc(modules, func(a, b Module) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(modules), nil
}

// standardLibrary is Go's own, which is in every program.
func standardLibrary(ctx context.Context) (Module, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return Module{}, fmt.Errorf("find Go's own licence: %w", err)
	}
	root, version, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	m := Module{Path: "Go", Version: strings.TrimSpace(version), Dir: root}
	if _, err := os.Stat(filepath.Join(root, "LICENSE")); err != nil {
		m.Dir = filepath.Dir(root) // Debian keeps it elsewhere than Go's own archive does
	}
	return m, nil
}

// WriteNotices writes the text that has to be passed on with the programs.
func WriteNotices(w io.Writer, all []Found) error {
	var text strings.Builder
	text.WriteString("rawtcpcom holds software of others, under these licences.\n\n")
	for _, f := range all {
		fmt.Fprintf(&text, "  %-60s %s\n", f.Module, strings.Join(f.Names, ", "))
	}
	for _, f := range all {
		fmt.Fprintf(&text, "\n%s\n%s\n", strings.Repeat("=", 80), f.Module)
		if f.Note != "" {
			text.WriteString("\n" + f.Note + "\n")
		}
		for _, file := range f.Files {
			fmt.Fprintf(&text, "\n--- %s\n\n%s\n", file.Name, strings.TrimSpace(strings.ReplaceAll(file.Text, "\r\n", "\n")))
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}
