package console

import "rawtcpcom/relay/wire"

// Action is a button of the console.
type Action struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Messages []string `json:"messages"`
	Warning  string   `json:"warning"`
}

// Dialect is how the robot's software is spoken to.
type Dialect struct {
	Example string   `json:"example"` // of a message that moves nothing
	Actions []Action `json:"actions"`
}

// Dialects are by the name of the robot's software in the relay's state. The halt is
// not among their buttons, since the console is a client and there may be no id left
// for it; see relayapi.Relay.Halt.
var Dialects = map[string]Dialect{
	string(wire.Driver): {
		Example: `{"topic":"driver","type":"command","name":"smoothie","message":"positions","param":null}`,
		Actions: []Action{
			{
				Name: "home", Label: "Home",
				Messages: []string{`{"topic":"driver","type":"command","name":"smoothie","message":"home","param":{"X":"true","Y":"true","Z":"true"}}`},
				Warning:  "moves the robot",
			},
			{
				Name: "positions", Label: "Positions",
				Messages: []string{`{"topic":"driver","type":"command","name":"smoothie","message":"positions","param":null}`},
			},
			{
				Name: "reset", Label: "Reset from halt",
				Messages: []string{`{"topic":"driver","type":"command","name":"smoothie","message":"reset_from_halt","param":"true"}`},
				Warning:  "home afterwards",
			},
		},
	},
	string(wire.OTone): {
		Example: `{"type":"getCalibrations"}`,
		Actions: []Action{
			{
				Name: "home", Label: "Home",
				Messages: []string{`{"type":"home","data":{"x":true,"y":true,"z":true}}`},
				Warning:  "moves the robot",
			},
			{
				Name: "reset", Label: "Reset from halt",
				Messages: []string{`{"type":"raw","data":"M999"}`},
				Warning:  "home afterwards",
			},
		},
	},
}

// Find returns the action of that name, for the robot's software of that name.
func Find(software, name string) (Action, bool) {
	for _, a := range Dialects[software].Actions {
		if a.Name == name {
			return a, true
		}
	}
	return Action{}, false
}
