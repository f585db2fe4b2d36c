// Package ending tells why the relay's parts end, to those that tell clients. A
// part ends with its context; the reason goes with that as its cause.
package ending

import (
	"context"
	"errors"
)

const stop = "the relay is shutting down"

type reason struct{ text string }

func (r reason) Error() string { return r.text }

// Because is the cause of a context that ends for a reason that clients are to be
// told.
func Because(text string) error { return reason{text} }

// Why is the reason for which a context has ended: a stop of the whole relay,
// unless another was given.
func Why(ctx context.Context) string {
	var given reason
	if errors.As(context.Cause(ctx), &given) {
		return given.text
	}
	return stop
}
