package pack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A Stamp says which build this is.
type Stamp struct {
	Version  string
	Revision string    // git revision
	Built    time.Time // see SourceStamp
}

// SourceStamp is the stamp of the work tree at top. The build time of a clean
// tree is the time of its last commit, so that the same sources give the same
// bytes, whenever they are built; that of a changed tree is now. Both the
// version (VERSION) and the time (SOURCE_DATE_EPOCH, seconds) can be set in
// the environment.
func SourceStamp(ctx context.Context, top string) (Stamp, error) {
	git := func(args ...string) (string, error) {
		command := exec.CommandContext(ctx, "git", args...)
		command.Dir = top
		out, err := command.Output()
		if err != nil {
			return "", fmt.Errorf("ask git which revision this is (git %s): %w", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	s := Stamp{Version: os.Getenv("VERSION"), Revision: "unknown", Built: time.Now().UTC().Truncate(time.Second)}
	if revision, err := git("rev-parse", "HEAD"); err == nil {
		changes, err := git("status", "--porcelain")
		if err != nil {
			return s, err
		}
		s.Revision = revision
		if changes != "" {
			s.Revision += "-dirty"
		} else if committed, err := git("log", "-1", "--format=%ct"); err != nil {
			return s, err
		} else if s.Built, err = unixTime(committed); err != nil {
			return s, err
		}
		if s.Version == "" {
			// With no tag this is the revision, which is better than nothing.
			if s.Version, err = git("describe", "--tags", "--always", "--dirty"); err != nil {
				return s, err
			}
		}
	} else if s.Version == "" {
		s.Version = "development"
	}
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		var err error
		if s.Built, err = unixTime(epoch); err != nil {
			return s, fmt.Errorf("read SOURCE_DATE_EPOCH: %w", err)
		}
	}
	return s, nil
}

func unixTime(seconds string) (time.Time, error) {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a time in seconds since 1970", seconds)
	}
	return time.Unix(n, 0).UTC(), nil
}

// ldflags are the linker's flags that put the stamp into a program. Symbol
// tables are left out: they would be a third of the root file system.
func (s Stamp) ldflags() string {
	const variables = "rawtcpcom/relay/version"
	return strings.Join([]string{
		"-s", "-w",
		"'-X=" + variables + ".Version=" + s.Version + "'",
		"-X=" + variables + ".Revision=" + s.Revision,
		"-X=" + variables + ".Built=" + s.Built.Format(time.RFC3339),
	}, " ")
}
