package licence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Module is one that programs are linked from.
type Module struct{ Path, Version, Dir string }

// String is the module as go.mod has it.
func (m Module) String() string { return strings.TrimSpace(m.Path + " " + m.Version) }

// Target is what programs are built for, such as linux/arm64.
type Target struct{ OS, Arch string }

// Modules are those that programs are linked from, by their paths, this project
// and the standard library left out. Dir is where their go.mod is.
func Modules(ctx context.Context, dir string, target Target, packages ...string) ([]Module, error) {
	args := append([]string{"list", "-mod=mod", "-deps", "-tags", "gokrazy,netgo,osusergo", "-json=Module"}, packages...)
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOOS="+target.OS, "GOARCH="+target.Arch, "CGO_ENABLED=0", "GOFLAGS=")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("list the modules of %s: %w: %s", strings.Join(packages, " "), err, strings.TrimSpace(stderr.String()))
	}
	var modules []Module
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Module *struct {
				Module
				Replace *Module
			}
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read the list of modules: %w", err)
		}
		if m := p.Module; m != nil && m.Path != "rawtcpcom" {
			modules = append(modules, m.Module)
		}
	}
	slices.SortFunc(modules, func(a, b Module) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(modules), nil
}
