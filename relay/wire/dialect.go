package wire

// Dialect is what one kind of the robot's software speaks, as far as that can be
// written down: nothing in it changes while the relay runs. What has to be kept
// in mind is a backend's (package hub).
type Dialect struct {
	Name  string // its backend's, as in -backend
	About string // for a person who has to choose
	// Router is where the robot's router is, on the robot itself.
	Router string
	// Robot is the robot itself among the services: whom clients shake hands
	// with, and whose name errors use.
	Robot Service
	// RelayTopics are those on which it speaks, and the relay listens, where clients can have these ids.
	RelayTopics func(ids []string) []string
	// RobotTopics are the topics that it is subscribed to when it is there, the one
	// that it subscribes to last at the end.
	RobotTopics []string
	// Parse checks one frame of a client. The message does not refer to the
	// frame's memory.
	Parse func(frame []byte, rules Rules) (Message, *Error)
	// Stop is what is published to stop it for a client that is gone: what is
	// queued is dropped, and with halt, motion is stopped as well.
	Stop func(halt bool) []Message
	// Reset is how a person is told to end a halt.
	Reset string
	// Overheard are topics on which others command the robot, where that is the only
	// way to learn that they halt it. A relay works without them.
	Overheard []string
}

// DriverDialect is the driver's. Replies come on the frontend topic, on labware's
// and on each id's own.
var DriverDialect = Dialect{
	Name: "driver", About: "2016", Robot: Driver, Router: "ws://127.0.0.1:8080/ws",
	RelayTopics: func(ids []string) []string {
		topics := []string{Frontend, Labware.Topic()}
		for _, id := range ids {
			topics = append(topics, PrivateTopic(id))
		}
		return topics
	},
	RobotTopics: []string{Driver.HandshakeTopic(), Driver.Topic()},
	Parse:       Parse,
	Stop:        stopDriver,
	Reset:       "the command reset_from_halt",
	Overheard:   []string{Driver.Topic()},
}

// stopDriver clears the queue before a halt, which would wait its turn behind it
// otherwise (relay/wire/README.md, "What the driver does that a relay must live
// with").
func stopDriver(halt bool) []Message {
	stop := []Message{{
		Topic: Driver.Topic(), Type: `"meta"`, Data: []byte(`{"name": "smoothie", "message": {"clear_queue": ""}}`), ClearQueue: true,
	}}
	if halt {
		stop = append(stop, Message{
			Topic: Driver.Topic(), Type: `"command"`, Data: []byte(`{"name": "smoothie", "message": {"halt": ""}}`), Queued: true, Halt: true, Effect: Halts,
		})
	}
	return stop
}

// OToneDialect is that of otone_backend: one topic each way, and what the robot
// says is for all.
var OToneDialect = Dialect{
	Name: "otone", About: "otone_backend, from July 2016", Robot: OTone, Router: "ws://127.0.0.1:31947/ws",
	RelayTopics: func([]string) []string { return []string{RobotToBrowser, RobotReady} },
	RobotTopics: []string{BrowserReady, BrowserToRobot},
	Parse:       func(frame []byte, _ Rules) (Message, *Error) { return ParseOTone(frame) },
	Stop:        stopOTone,
	Reset:       `{"type": "raw", "data": "` + resetCode + `"}`,
}

// stopOTone drops what is queued, so that nothing follows the halt.
func stopOTone(halt bool) []Message {
	stop := []Message{{Topic: BrowserToRobot, Data: []byte(EraseJob), ClearQueue: true}}
	if halt {
		stop = append(stop, Message{Topic: BrowserToRobot, Data: []byte(RawHalt), Halt: true, Effect: Halts})
	}
	return stop
}
