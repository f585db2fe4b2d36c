package wire

import "strings"

// Prefix begins every topic of the robot.
const Prefix = "com.opentrons."

// RelayID is the "from" of what the relay itself tells a client.
const RelayID = Prefix + "tcpRelay"

// Frontend is the topic on which the driver answers everybody.
const Frontend = Prefix + "frontend"

// A Service is one of the peers on the robot that take messages and handshakes.
type Service string

const (
	Driver       Service = "driver"
	Labware      Service = "labware"
	Bootstrapper Service = "bootstrapper"
)

// Services are all peers that answer a handshake.
var Services = [...]Service{Driver, Labware, Bootstrapper}

// Topic is where the service takes messages.
func (s Service) Topic() string { return Prefix + string(s) }

// HandshakeTopic is where the service takes handshakes.
func (s Service) HandshakeTopic() string { return Prefix + string(s) + "_handshake" }

// PrivateTopic is where a client id is answered.
func PrivateTopic(id string) string { return Prefix + id }

// resolveTopic maps what a client wrote as its topic, an alias or a full
// name, to the full name.
func resolveTopic(name string) (string, *Error) {
	alias := strings.TrimPrefix(name, Prefix)
	if alias == "frontend" {
		return Frontend, nil
	}
	for _, s := range Services {
		switch alias {
		case string(s):
			return s.Topic(), nil
		case string(s) + "_handshake":
			return "", errorf(Refused, "the relay shakes hands with the %s for you; leave this message out", s)
		}
	}
	return "", errorf(UnknownTopic, "there is no topic %q; use driver, labware, bootstrapper or frontend", clip(name))
}

// ServiceOf is the service that takes messages on a full topic; ok is false
// for the frontend topic.
func ServiceOf(topic string) (s Service, ok bool) {
	for _, s := range Services {
		if s.Topic() == topic {
			return s, true
		}
	}
	return "", false
}

// clip keeps a hostile or mistaken name from filling an error text.
func clip(s string) string {
	const longest = 60
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "..."
	}
	return s
}
