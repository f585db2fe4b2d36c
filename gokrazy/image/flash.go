package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/drive"
	"rawtcpcom/gokrazy/pack"
	"rawtcpcom/gokrazy/perm"
)

// finishCommand is for flash alone, which may have to call it as root.
const finishCommand = "finish"

func flash(ctx context.Context, b pack.Build, device string, onCard []byte, answers io.Reader) error {
	d, err := drive.Find("/", device)
	if err != nil {
		return err
	}
	fmt.Printf("This overwrites %s.\nEverything on it is lost, except the settings and client ids of a rawtcpcom card.\n\nType its name (%s) to go on: ", d, d.Name)
	answer, err := bufio.NewReader(answers).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("ask before overwriting %s: %w", d.Path, err)
	}
	if strings.TrimSpace(answer) != d.Name {
		return fmt.Errorf("%s was not touched: the answer was not %s", d.Path, d.Name)
	}
	announce("Writing "+d.Path, b)
	if err := b.Flash(ctx, d.Path); err != nil {
		return err
	}
	file, err := keepFor(onCard)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	if err := finishAsRoot(ctx, d.Path, file); err != nil {
		return err
	}
	fmt.Printf("\n%s is written. Put it into the Pi, plug in network and power, and wait half a minute:\n\n    http://rawtcpcom.local/\n\n", d.Path)
	return nil
}

// keepFor puts the settings for the card into a file; its name is empty where there
// are none.
func keepFor(onCard []byte) (name string, err error) {
	if onCard == nil {
		return "", nil
	}
	f, err := os.CreateTemp("", settingsFile)
	if err != nil {
		return "", fmt.Errorf("keep the settings for the card: %w", err)
	}
	if _, err := f.Write(onCard); err != nil {
		return f.Name(), fmt.Errorf("keep the settings for the card: %w", err)
	}
	return f.Name(), f.Close()
}

// finish does to a card that gok has written what is left: it clears what the card
// held before, and puts a file of settings on it where one is named.
func finish(device, file string) error {
	if err := clearPerm(device); err != nil || file == "" {
		return err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("put the settings on the card: %w", err)
	}
	return card.PutBootFile(device, settingsFile, content)
}

// finishAsRoot calls finish, through sudo where this user may not write to the
// device; gok does the same.
func finishAsRoot(ctx context.Context, device, file string) error {
	err := finish(device, file)
	if !errors.Is(err, os.ErrPermission) {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finish the card: %w", err)
	}
	command := exec.CommandContext(ctx, "sudo", self, finishCommand, device, file)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("finish the card: %w", err)
	}
	return nil
}

// clearPerm wipes what a used card holds where /perm will be, unless it is an
// ext4 file system: that is the /perm of the box that the card was in. The
// box itself formats only an empty partition.
func clearPerm(device string) error {
	// People put their file of settings on the card.
	if err := card.MakeRoom(device); err != nil {
		return err
	}
	partitions, err := card.Partitions(device)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Clean(device), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("clear what the card held before: %w", err)
	}
	defer f.Close()
	where := partitions[card.Perm]
	switch content, err := perm.Inspect(io.NewSectionReader(f, where.Start, where.Size)); {
	case err != nil:
		return fmt.Errorf("clear what the card held before: %w", err)
	case content == perm.Ext:
		fmt.Println("  /perm is kept: the card was in use before")
		return nil
	}
	if _, err := f.WriteAt(make([]byte, perm.EmptyLength), where.Start); err != nil {
		return fmt.Errorf("clear what the card held before: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
