package wire

import (
	"bytes"

	"rawtcpcom/relay/rawjson"
)

// Board reads what a reply of the driver's tells of its motor board: nil where it
// tells nothing. Only the answers to the meta commands flow and clear_queue say
// that it is gone, and "connect" to who had the driver disconnect it; whatever the
// board itself has said shows that it is there.
func (r Reply) Board() (connected *bool) {
	if stat, empty := r.Feedback(); stat != nil || empty {
		return yes()
	}
	if !bytes.Contains(r.data, []byte(`connected"`)) {
		return nil // for speed: nearly all lines of the driver
	}
	if string(r.Type) == "connect" {
		_, result := resultOf(r.data)
		return isEither(string(result), "connected", "disconnected")
	}
	_ = rawjson.Members(r.data, func(key, value []byte) bool {
		if string(key) != `"message"` {
			return true
		}
		_ = rawjson.Members(value, func(key, value []byte) bool {
			if string(key) == `"flow"` || string(key) == `"clear_queue"` {
				connected = flowConnected(value)
			}
			return true
		})
		return true
	})
	return connected
}

func flowConnected(flow []byte) (connected *bool) {
	_ = rawjson.Members(flow, func(key, value []byte) bool {
		if string(key) == `"connected"` {
			connected = isEither(string(value), "true", "false")
		}
		return true
	})
	return connected
}

func yes() *bool {
	is := true
	return &is
}

// isEither is whether word is the one or the other, nil where it is neither.
func isEither(word, one, other string) *bool {
	is := word == one
	if !is && word != other {
		return nil
	}
	return &is
}
