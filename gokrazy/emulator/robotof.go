package emulator

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/diskfs/go-diskfs/filesystem/squashfs"

	"rawtcpcom/gokrazy/card"
)

// Robot is the robot that a card's relay was told of.
type Robot struct {
	Router  string // host:port, as it dials it
	Backend string // empty for the default
}

// RobotOf reads it from the card, and not from the source tree: an image may
// have been made for another robot, and an update have come since. The flags of
// the programs are in gokrazy's init, which starts them.
func RobotOf(path string) (Robot, error) {
	line, err := card.BootFile(path, "cmdline.txt")
	if err != nil {
		return Robot{}, err
	}
	root, err := rootOf(line)
	if err != nil {
		return Robot{}, fmt.Errorf("look which robot %s is for: %w", path, err)
	}
	var robot Robot
	err = card.RootFS(path, root, func(fs *squashfs.FileSystem) error {
		program, err := fs.ReadFile("gokrazy/init")
		if err != nil {
			return err
		}
		robot, err = robotIn(program)
		return err
	})
	if err != nil {
		return Robot{}, fmt.Errorf("look which robot %s is for: %w", path, err)
	}
	return robot, nil
}

// rootOffset is how many partitions the root file system is behind the first.
var rootOffset = regexp.MustCompile(`\broot=PARTUUID=[0-9a-fA-F-]+/PARTNROFF=(\d+)`)

// rootOf is the number of the root partition that a command line starts.
func rootOf(line []byte) (int, error) {
	found := rootOffset.FindSubmatch(line)
	if found == nil {
		return 0, fmt.Errorf("the kernel's command line names no root partition: %.200q", line)
	}
	offset, err := strconv.Atoi(string(found[1]))
	if err != nil || offset < card.RootA-card.Boot || offset > card.RootB-card.Boot {
		return 0, fmt.Errorf("the kernel's command line starts partition %s after the first, which is no root", found[1])
	}
	return card.Boot + offset, nil
}

// In a program, texts stand one behind the other without an end. So the path of
// the router's URL is not looked at: it has no end that could be seen.
var (
	routerFlag  = regexp.MustCompile(`-router=wss?://([^/\s]+)/`)
	backendFlag = regexp.MustCompile(`-backend=(driver|otone)`)
)

func robotIn(program []byte) (Robot, error) {
	var r Robot
	router := routerFlag.FindSubmatch(program)
	if router == nil {
		return r, fmt.Errorf("no -router is in its init")
	}
	r.Router = string(router[1])
	if backend := backendFlag.FindSubmatch(program); backend != nil {
		r.Backend = string(backend[1])
	}
	return r, nil
}
