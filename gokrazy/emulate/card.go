package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"rawtcpcom/gokrazy/emulator"
)

// prepare sees to the card: it is a copy of the image, and what the box has
// written to it since is kept, until the image was made anew. Otherwise who has
// just made an image would look at the one before it.
func prepare(o options, card string, out io.Writer) error {
	if o.fresh && o.keep {
		return errBoth
	}
	info, err := os.Stat(o.image)
	if err != nil {
		return fmt.Errorf("%w (make image makes it)", err)
	}
	// What the card was copied from, as the box changes the card itself.
	of := card + ".of"
	now := fmt.Sprintf("%s %d %d\n", o.image, info.Size(), info.ModTime().UnixNano())
	before, err := os.ReadFile(of)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, err = os.Stat(card)
	there, same := err == nil, string(before) == now
	switch {
	case there && same && !o.fresh:
		return nil
	case there && o.keep:
		fmt.Fprintf(out, "The image %s is not the one that the card was made from; the old card is kept (-keep).\n\n", o.image)
		return nil
	case there && !same:
		fmt.Fprintf(out, "The image %s is not the one that the card was made from: the box gets a new card, and new client ids (-keep keeps the old one).\n\n", o.image)
	}
	// Without its origin a half copy counts as none.
	if err := os.Remove(of); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := emulator.CopyCard(o.image, card); err != nil {
		return err
	}
	return os.WriteFile(of, []byte(now), 0o644)
}
