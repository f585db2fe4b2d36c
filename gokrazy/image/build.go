package main

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/diskfs/go-diskfs/filesystem/squashfs"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/pack"
)

const mebibyte = 1 << 20

func build(ctx context.Context, b pack.Build, path string, onCard []byte) error {
	announce("Making the image", b)
	started := time.Now()
	if err := b.Image(ctx, path); err != nil {
		return err
	}
	if onCard != nil {
		if err := card.PutBootFile(path, settingsFile, onCard); err != nil {
			return err
		}
	}
	return summarise(path, onCard, time.Since(started))
}

func root(ctx context.Context, b pack.Build, path string) error {
	announce("Making the root file system", b)
	if err := b.Root(ctx, path); err != nil {
		return err
	}
	sum, size, err := pack.RootHash(path, 0)
	if err != nil {
		return err
	}
	fmt.Printf("\n%s: %.1f MiB, sha256 %x\n\nNext, send it to a running box:\n\n    make update-root HOST=rawtcpcom.local\n\n", path, float64(size)/mebibyte, sum)
	return nil
}

func announce(what string, b pack.Build) {
	fmt.Printf("%s: version %s, revision %s, built %s\n",
		what, b.Stamp.Version, b.Stamp.Revision, b.Stamp.Built.Format(time.RFC3339))
}

// summarise tells what is in the image and what to do with it.
func summarise(path string, onCard []byte, took time.Duration) error {
	partitions, err := card.Partitions(path)
	if err != nil {
		return err
	}
	sum, size, err := pack.RootHash(path, partitions[card.RootA].Start)
	if err != nil {
		return err
	}
	fmt.Printf("\n%s: %d MiB for a card of 2 GB or more, made in %v\n\n", path, pack.CardSize/mebibyte, took.Round(time.Second))
	fmt.Printf("  boot   partition 1   %4d MiB, kernel and firmware of the Pi 3, 4, 5 and Zero 2 W\n", partitions[card.Boot].Size/mebibyte)
	fmt.Printf("  root   partition 2   %4d MiB, of which %.1f MiB are used, sha256 %x\n", partitions[card.RootA].Size/mebibyte, float64(size)/mebibyte, sum)
	fmt.Printf("  root   partition 3   %4d MiB, empty: takes the next update\n", partitions[card.RootB].Size/mebibyte)
	fmt.Printf("  /perm  partition 4   the rest of the card, formatted by the box when it first starts\n\n")
	err = card.RootFS(path, card.RootA, func(root *squashfs.FileSystem) error {
		for _, dir := range []string{"user", "gokrazy"} {
			programs, err := fs.ReadDir(root, dir)
			if err != nil {
				return err
			}
			for _, p := range programs {
				info, err := p.Info()
				if err != nil {
					return err
				}
				fmt.Printf("  %-22s %5.1f MiB\n", "/"+dir+"/"+p.Name(), float64(info.Size())/mebibyte)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if onCard != nil {
		fmt.Printf("\nThe robot's address is in %s on its boot partition. make flash makes a card of its own: say ROUTER= there again.\n", settingsFile)
	}
	fmt.Printf("\nNext, put a card into a reader and write it (lsblk tells its name):\n\n    make flash DEV=/dev/sdX\n\n")
	return nil
}
