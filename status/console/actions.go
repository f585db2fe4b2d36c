package console

// Action is a button of the console.
type Action struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Messages []string `json:"messages"`
	Warning  string   `json:"warning"`
}

// Actions are the buttons. Halt clears the queue first: behind a busy queue
// the driver would take the halt only when all moves are done.
var Actions = []Action{
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
		Name: "halt", Label: "Halt",
		Messages: []string{
			`{"topic":"driver","type":"meta","name":"smoothie","message":"clear_queue","param":null}`,
			`{"topic":"driver","type":"command","name":"smoothie","message":"halt","param":null}`,
		},
		Warning: "software stop, not a safety device",
	},
	{
		Name: "reset", Label: "Reset from halt",
		Messages: []string{`{"topic":"driver","type":"command","name":"smoothie","message":"reset_from_halt","param":"true"}`},
		Warning:  "home afterwards",
	},
}

// Find returns the action of that name.
func Find(name string) (Action, bool) {
	for _, a := range Actions {
		if a.Name == name {
			return a, true
		}
	}
	return Action{}, false
}
