package frame

import (
	"bytes"
	"fmt"
)

// HeadSize is how much of a bad frame is kept to be shown to its sender, in bytes.
const HeadSize = 200

// A Kind says what is wrong with a frame.
type Kind int

const (
	NotObject  Kind = iota // bytes that begin no JSON object
	Incomplete             // the line or the connection ended inside the object
	TooLarge               // the frame crossed the limit
	NoRoom                 // others' frames took up the memory for this one
)

// Error is a bad frame. The reader goes on after it.
type Error struct {
	Kind Kind
	Head []byte // the first HeadSize bytes of the frame
	Max  int    // the limit in force, bytes
}

func (e *Error) Error() string {
	switch e.Kind {
	case TooLarge:
		return fmt.Sprintf("the message is larger than %d bytes; send less at once, or start the relay with a larger -max-message", e.Max)
	case NoRoom:
		return fmt.Sprintf("other clients' large messages took up the memory for this one for %v; send it again", lendTime)
	case Incomplete:
		return "the line ended inside the JSON object; send each message whole, on one line"
	default:
		return `not a JSON object; a message starts with "{"`
	}
}

// headOf copies the beginning of a bad frame.
func headOf(frame []byte) []byte { return bytes.Clone(frame[:min(len(frame), HeadSize)]) }
