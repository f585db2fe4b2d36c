package simulator

import "encoding/json"

// do carries out one message for otone. A verb that it does not know,
// and one with data where it takes none or without where it takes some, does
// nothing and is not answered, as in the recorded software.
func (o *otone) do(verb string, data json.RawMessage) {
	if isNull(data) {
		o.plain(verb)
		return
	}
	switch verb {
	case "home":
		o.home(data)
	case "move":
		o.add(locations(data, false))
	case "step":
		if len(o.queue) == 0 {
			o.add(locations(data, true))
		}
	case "instructions":
		o.job(data)
	case "raw":
		if line, ok := text(data); ok {
			o.send(line)
		}
	case "connectPort":
		o.connect(data)
	}
}

// connect opens the board's port. The recorded software makes its board say how it
// stands then, and goes on with what it had kept: all but the first of what it was
// told to do while the port was closed.
func (o *otone) connect(port json.RawMessage) {
	if !o.closes {
		o.say("status", "true")
		return
	}
	if name, _ := text(port); name != "simulated" {
		return // it says nothing of a port that it cannot open
	}
	o.closed = false
	o.say("status", "true")
	o.send("M62")
	o.busy = false
}

// plain is for the verbs that take no data.
func (o *otone) plain(verb string) {
	switch verb {
	case "eraseJob":
		o.erase()
	case "pauseJob":
		o.paused = len(o.queue) > 0
	case "resumeJob":
		o.paused = false
	case "getCalibrations":
		o.say("containerLocations", "{}")
		o.say("pipetteValues", "{}")
	case "getContainers":
		o.say("containers", "{}")
	case "listPorts":
		o.say("portsList", `["simulated"]`)
	}
}

// add queues what is to be done, which a paused robot drops.
func (o *otone) add(tasks []task) {
	if !o.paused {
		o.queue = append(o.queue, tasks...)
	}
}

// erase forgets what is queued; what the board has goes on.
func (o *otone) erase() {
	o.queue, o.paused, o.stands = nil, false, false
	if o.closed {
		o.busy = false // with what nobody will do
	}
}

// halt stops the axes where they are, past the queue.
func (o *otone) halt() {
	o.send("M112")
	o.send("M999")
	o.busy = false
}

// elements are those of a JSON array; nil for anything else.
func elements(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}
