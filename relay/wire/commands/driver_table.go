package commands

// Command is one that the robot's software knows.
type Command struct {
	Name      string
	Code      string     // the G-code that the driver writes for it
	Arguments []Argument // those that it lets through; all others it drops
	Unit      string     // what their values are, for the reference, as all that follows
	Does      string
	Answer    string
	Obeyed    string
	Example   string // of what stands in "message", or of the whole for otone
}

// Argument is a member of a command's parameters.
type Argument struct {
	Key  string
	Kind Kind
}

// The driver's arguments. The empty key is let through like an axis: what it holds
// is copied into the line of G-code.
var (
	placeArguments = arguments(Place, "X", "Y", "Z", "A", "B")
	lineArguments  = arguments(Number, "X", "Y", "Z", "A", "B")
	homeArguments  = arguments(Named, "X", "Y", "Z", "A", "B")
)

func arguments(kind Kind, keys ...string) []Argument {
	all := []Argument{{"", Text}}
	for _, k := range keys {
		all = append(all, Argument{k, kind})
	}
	return all
}

// What answers, and when a command is obeyed.
const (
	whenDone  = "`stat` 1 and 0, with `feedback_on`; `queue: empty`"
	whenTaken = "`stat` 0, with `feedback_on`; `queue: empty`"
	notHalted = "not while halted"
	always    = "always"
	asked     = "always; while halted, if the board's firmware answers"
)

// DriverCommands are the driver's, in its order.
var DriverCommands = []Command{
	{"move", "G91 G0", placeArguments, "mm", "moves by so many mm, from where it is", whenDone, notHalted, `{"move": {"Z": -5}}`},
	{"move_to", "G90 G0", placeArguments, "mm", "moves to a place", whenDone, notHalted, `{"move_to": {"X": 100, "Y": 50.5}}`},
	{"rapid_linear_move", "G0", lineArguments, "mm", "moves as `absolute` or `relative` said last", whenDone, notHalted, `{"rapid_linear_move": {"X": 100}}`},
	{"linear_move", "G1", lineArguments, "mm", "the same, in a straight line at the speed that was set", whenDone, notHalted, `{"linear_move": {"X": 100, "": "F3000"}}`},
	{"home", "G28", homeArguments, "any value", "homes the axes that are named, all of them if none is", whenDone, notHalted, `{"home": {"X": "true", "Y": "true"}}`},
	{"absolute", "G90", nil, "", "further coordinates are places", whenTaken, notHalted, `{"absolute": ""}`},
	{"relative", "G91", nil, "", "further coordinates are distances", whenTaken, notHalted, `{"relative": ""}`},
	{"speed", "F", nil, "", "writes `F` without a number, so sets nothing; `linear_move` with `\"\": \"F3000\"` sets a speed", whenTaken, notHalted, `{"speed": ""}`},
	{"speed_a", "a", nil, "", "the same for the plunger A; `rapid_linear_move` with `\"\": \"a300\"` sets it", whenTaken, notHalted, `{"speed_a": ""}`},
	{"speed_b", "b", nil, "", "the same for the plunger B", whenTaken, notHalted, `{"speed_b": ""}`},
	{"speed_c", "c", nil, "", "the same for the axis C", whenTaken, notHalted, `{"speed_c": ""}`},
	{"enable_motors", "M17", nil, "", "powers the motors", whenTaken, notHalted, `{"enable_motors": ""}`},
	{"disable_motors", "M18", nil, "", "lets the motors go; home afterwards", whenTaken, notHalted, `{"disable_motors": ""}`},
	{"feedback_on", "M62", nil, "", "has the board tell when a motion begins and ends; the driver then sends the next command only after that", whenTaken, notHalted, `{"feedback_on": "true"}`},
	{"feedback_off", "M63", nil, "", "ends that", whenTaken, notHalted, `{"feedback_off": "true"}`},
	{"halt", "M112", nil, "", "stops all motion, once it reaches the board; send the meta command `clear_queue` first", whenTaken, always, `{"halt": ""}`},
	{"positions", "M114", nil, "", "asks where the axes are", "`adj_pos` and `pos`, an axis at a time", asked, `{"positions": ""}`},
	{"limit_switches", "M119", nil, "", "asks for the state of the limit switches", "what the board prints", asked, `{"limit_switches": ""}`},
	{"feed_rate", "M198", arguments(Number, "S", "A", "B"), "number", "sets the board's M198", whenTaken, notHalted, `{"feed_rate": {"S": 3000}}`},
	{"seek_rate", "M199", arguments(Number, "S", "A", "B"), "number", "sets the board's M199", whenTaken, notHalted, `{"seek_rate": {"S": 3000}}`},
	{"max_rates", "M203", lineArguments, "mm/s", "sets the greatest speed of each axis", whenTaken, notHalted, `{"max_rates": {"X": 50}}`},
	{"acceleration", "M204", arguments(Number, "S", "Z", "A", "B"), "mm/s²", "sets the acceleration", whenTaken, notHalted, `{"acceleration": {"S": 500}}`},
	{"junction", "M205", arguments(Number, "X", "Z", "S"), "mm; `S` mm/s", "sets the junction deviation (X, Z) and the least speed (S)", whenTaken, notHalted, `{"junction": {"X": 0.05}}`},
	{"reset", "reset", nil, "", "restarts the board, which forgets where it is", whenTaken, always, `{"reset": ""}`},
	{"reset_from_halt", "M999", nil, "", "ends the halt; home afterwards", whenTaken, always, `{"reset_from_halt": "true"}`},
	{"nothing", "", arguments(Number, "X", "Y", "Z", "A", "B", "a", "b")[1:], "mm; `a` and `b` mm/min", "writes its arguments alone: coordinates, or the speed of a plunger (`a`, `b`)", whenDone, notHalted, `{"nothing": {"a": 300}}`},
}

// Meta is a meta command of the driver.
type Meta struct {
	Name    string
	AnyName bool // obeyed whatever "name" says
	Breaks  bool // the driver, and so refused unless -allow-dangerous-meta is given
	Does    string
	Answer  string
	Example string
}

// DriverMeta are the driver's meta commands, in its order.
var DriverMeta = []Meta{
	{"drivers", true, false, "lists the names of boards", "`drivers`", `{"drivers": ""}`},
	{"add_driver", true, true, "breaks the driver", "`drivers`", ""},
	{"remove_driver", true, true, "breaks the driver", "`drivers`", ""},
	{"callbacks", false, false, "lists what is told of the board", "`callbacks`", `{"callbacks": ""}`},
	{"meta_callbacks", false, false, "lists what is told of the driver", "`meta_callbacks`", `{"meta_callbacks": ""}`},
	{"set_meta_callback", false, true, "breaks the driver", "`meta_callback`", ""},
	{"add_callback", false, true, "breaks the driver", "nothing", ""},
	{"remove_callback", false, true, "breaks the driver", "`callbacks`", ""},
	{"flow", false, false, "tells the driver's state: `queue_size`, `locked`, `feedback_on`, positions", "`flow`", `{"flow": ""}`},
	{"clear_queue", false, false, "drops what is queued and lets the next command out at once", "`clear_queue`, of type `labware`", `{"clear_queue": ""}`},
	{"connect", false, true, "breaks the driver", "nothing", ""},
	{"disconnect", false, true, "breaks the driver", "nothing", ""},
	{"commands", false, false, "lists the commands with their G-code", "`commands`", `{"commands": ""}`},
	{"configs", false, false, "lists the settings", "`configs`", `{"configs": ""}`},
	{"set_config", false, false, "lists the settings too: the driver fails on every object that is to set one", "`configs`", `{"set_config": ""}`},
	{"meta_commands", true, false, "lists the meta commands", "`meta_commands`", `{"meta_commands": ""}`},
}
