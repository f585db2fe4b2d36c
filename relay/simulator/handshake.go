package simulator

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// handshake takes one message of the driver's handshake topic. The first
// from an id gives it a slot, for ever; later ones are answered in private.
func (d *driver) handshake(payload string, now time.Time) []reply {
	d.advance(now)
	raw := []byte(payload)
	if json.Valid(raw) && !d.wedged {
		d.shake(raw)
	}
	return d.flush()
}

func (d *driver) shake(raw []byte) {
	o, ok := splitObject(raw)
	// The driver looks for the word "from" anywhere in the text, not for the key.
	if !ok || !bytes.Contains(raw, []byte("from")) {
		d.giveSlot(newIdent(""))
		return
	}
	from, ok := o.get("from")
	if !ok || !hashable(from) {
		return
	}
	if id := parseIdent(from); d.known(id) {
		d.greet(id, o)
	} else {
		d.giveSlot(id)
	}
}

// giveSlot lets an id in while there is room. An empty id gets one made up.
func (d *driver) giveSlot(id ident) {
	if len(d.clients) >= d.slots {
		nobody := newIdent("")
		d.publish(frontendTopic, nobody, nobody, "handshake", "driver", "result", `"fail"`)
		return
	}
	if id.empty() {
		id = newIdent(d.newID())
	}
	if id.name == "" {
		return // not a string: the driver fails on it
	}
	d.clients = append(d.clients, id.name)
	d.publish(frontendTopic, id, id, "handshake", "driver", "result", `"success"`)
}

// greet answers an id that has a slot.
func (d *driver) greet(id ident, o object) {
	data, _ := o.get("data")
	inner, ok := splitObject(data)
	if !ok {
		return
	}
	message, _ := inner.get("message")
	if mentions(message, "extend") {
		d.publishTo(id, id, id, "handshake", "driver", "result", `"already_connected"`)
	}
	if mentions(message, "shake") {
		d.publishTo(id, id, id, "handshake", "driver", "ids", pythonStrings(d.clients))
	}
}

// mentions is Python's "word in message": a key of an object, or a part of a
// string.
func mentions(message json.RawMessage, word string) bool {
	if s, ok := text(message); ok {
		return strings.Contains(s, word)
	}
	o, _ := splitObject(message)
	_, ok := o.get(word)
	return ok
}
