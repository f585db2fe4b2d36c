package session

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/rawjson"
)

// Event is one event on a subscribed topic.
type Event struct {
	Topic string
	// Payload is the text of the first argument, the receiver's to keep; nil
	// where there is none.
	Payload []byte
	// Argument is the first argument as JSON, nil where there is none; it does
	// not outlast the call that hands the event over.
	Argument []byte
	// Problem says in what the event breaks the form that the robot's software
	// keeps to, exactly one positional string (relay/wire/README.md, "The
	// router and its topics"). The payload is there all the same where the
	// first argument is a string.
	Problem error
}

// fields are the raw elements of a message after its type code.
type fields struct{ second, third, details, args, kwargs []byte }

// split takes the outer array apart. Events and acknowledgements, which are
// nearly all of the traffic, need no more than this.
func split(b []byte) (kind wamp.MessageType, f fields) {
	i := 0
	err := rawjson.Elements(b, func(value []byte) bool {
		switch i {
		case 0:
			kind = wamp.MessageType(number(value))
		case 1:
			f.second = value
		case 2:
			f.third = value
		case 3:
			f.details = value
		case 4:
			f.args = value
		case 5:
			f.kwargs = value
		}
		i++
		return i == 1 && (kind == wamp.EVENT || kind == wamp.PUBLISHED) || i > 1
	})
	if err != nil {
		return 0, fields{}
	}
	return kind, f
}

// isOn reports whether an event of a subscription by prefix is on that very topic,
// which its details name.
func isOn(topic string, f fields) (is bool) {
	_ = rawjson.Members(f.details, func(key, value []byte) bool {
		if string(key) == `"topic"` {
			name, _ := rawjson.Text(value)
			is = string(name) == topic
		}
		return true
	})
	return is
}

func number(raw []byte) uint64 {
	n, err := strconv.ParseUint(string(raw), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// parseEvent reads the argument of an event (WAMP, "EVENT":
// [36, subscription, publication, details, arguments, keyword arguments]).
func parseEvent(topic string, f fields) Event {
	e := Event{Topic: topic}
	passthru := false
	_ = rawjson.Members(f.details, func(key, _ []byte) bool {
		passthru = string(key) == `"ppt_scheme"`
		return !passthru
	})
	if passthru {
		e.Problem = errors.New("its payload is in pass-through mode (ppt_scheme)")
		return e
	}
	count := 0
	_ = rawjson.Elements(f.args, func(value []byte) bool {
		if count++; count == 1 {
			e.Argument = value
			if text, ok := rawjson.AppendText(make([]byte, 0, len(value)), value); ok {
				e.Payload = text
			}
		}
		return true
	})
	switch {
	case count == 0:
		e.Problem = errors.New("it has no argument")
	case e.Payload == nil:
		e.Problem = errors.New("its argument is not a string")
	case count > 1:
		e.Problem = fmt.Errorf("it has %d arguments", count)
	case len(f.kwargs) > len("{}"):
		e.Problem = errors.New("it has keyword arguments")
	}
	return e
}
