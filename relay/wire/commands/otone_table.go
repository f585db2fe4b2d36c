package commands

// Verb is a message that otone_backend knows, by its "type".
type Verb struct {
	Name  string
	Data  string // what "data" holds, for the reference; empty where it takes none
	check func(data []byte) *Complaint
	// Fails is why the published software never carries it out, or empty.
	Fails   string
	Does    string
	Answer  string
	Obeyed  string
	Example string // the whole line
}

const (
	gone        = "its handler is not there any more"
	ofMotion    = "`smoothie` lines, `position`"
	connected   = "with the port open"
	statusLine  = "`status`"
	answersBoth = "`containerLocations`, `pipetteValues`"
)

// OToneVerbs are those of otone_backend, in its order.
var OToneVerbs = []Verb{
	{"home", "the axes to home: `{\"x\": true}`; `{}` for all", checkHome, "", "drops what is queued, halts the board and homes, plungers and Z first", ofMotion, connected, `{"type": "home", "data": {"x": true, "y": true}}`},
	{"stop", "any", nil, "its handler takes no data and is given some, so it fails", "", "", "", ""},
	{"reset", "", nil, "its handler calls what is not there", "", "", "", ""},
	{"move", "a location, or a list of them", checkMove, "", "moves to each location in turn", ofMotion, connected + ", not while paused", `{"type": "move", "data": [{"x": 100, "y": 50.5}, {"relative": true, "z": 5}]}`},
	{"step", "a location, or a list of them", checkStep, "", "moves by each location in turn, from where it is", ofMotion, connected + ", with nothing queued", `{"type": "step", "data": {"z": -5}}`},
	{"calibratePipette", "`axis` (a or b), `property` (top, bottom, blowout or droptip)", checkCalibratePipette, "", "stores where the plunger stands, as that property", answersBoth, always, `{"type": "calibratePipette", "data": {"axis": "a", "property": "top"}}`},
	{"calibrateContainer", "`axis` (a or b), `name`", checkCalibrateContainer, "", "stores where the head stands, as the container's place", answersBoth, always, `{"type": "calibrateContainer", "data": {"axis": "a", "name": "trash"}}`},
	{"getCalibrations", "", nil, "", "asks for containers and pipettes", answersBoth, always, `{"type": "getCalibrations"}`},
	{"saveVolume", "any", nil, "its handler fails on every data", "", "", "", ""},
	{"movePipette", "`axis` (a or b), `property` (as above, or resting)", checkMovePipette, "", "moves the plunger to its calibrated place", ofMotion, connected, `{"type": "movePipette", "data": {"axis": "a", "property": "top"}}`},
	{"movePlunger", "`axis` (a or b), `locations`: a list of `{\"plunger\": 0.5}`, from 0 (top) to 1 (bottom), or blowout, droptip, resting", checkMovePlunger, "", "moves the plunger to each in turn", ofMotion, connected, `{"type": "movePlunger", "data": {"axis": "a", "locations": [{"plunger": 0.5}]}}`},
	{"speed", "`axis` (xyz, a, b, c or ab), `value` in mm/min", checkSpeed, "", "sets a speed", "`smoothie` lines", connected, `{"type": "speed", "data": {"axis": "xyz", "value": 3000}}`},
	{"getContainers", "", nil, "", "asks for the kinds of containers", "`containers`", always, `{"type": "getContainers"}`},
	{"createDeck", "an object whose keys are the containers' names, or a list of them", checkCreateDeck, "", "tells the robot which containers are on the deck", "`containerLocations`", always, `{"type": "createDeck", "data": {"trash": {"labware": "point"}}}`},
	{"configureHead", "an object of tools", checkObject, "", "sets up the pipettes", answersBoth, always, `{"type": "configureHead", "data": {"p200": {"tool": "pipette", "axis": "a", "tip-racks": [], "trash-container": ["trash"], "volume": 200}}}`},
	{"relativeCoords", "", nil, "", "moves all containers with the tip rack", answersBoth, always, `{"type": "relativeCoords"}`},
	{"instructions", "a list of instructions with `tool` pipette and their `groups`", checkInstructions, "", "homes and runs the job", ofMotion + ", `finished`", connected, `{"type": "instructions", "data": [{"tool": "pipette", "groups": []}]}`},
	{"infinity", "as for `instructions`", checkInstructions, "", "the same, again and again until `home`", ofMotion, connected, `{"type": "infinity", "data": [{"tool": "pipette", "groups": []}]}`},
	{"pauseJob", "", nil, "", "holds back what is queued; motion under way ends", "nothing", "while something is queued", `{"type": "pauseJob"}`},
	{"resumeJob", "", nil, "", "goes on", ofMotion, always, `{"type": "resumeJob"}`},
	{"eraseJob", "", nil, "", "drops what is queued", "nothing", always, `{"type": "eraseJob"}`},
	{"raw", "a line of G-code", checkText, "", "gives the line to the board; `M112` halts it, `M999` ends that", "`smoothie` lines", connected, `{"type": "raw", "data": "M114"}`},
	{"update", "any", nil, gone, "", "", "", ""},
	{"wifimode", "any", nil, gone, "", "", "", ""},
	{"wifiscan", "any", nil, gone, "", "", "", ""},
	{"hostname", "any", nil, gone, "", "", "", ""},
	{"poweroff", "", nil, gone, "", "", "", ""},
	{"reboot", "", nil, gone, "", "", "", ""},
	{"shareinet", "", nil, gone, "", "", "", ""},
	{"restart", "", nil, gone, "", "", "", ""},
	{"containerDepthOverride", "any", nil, "its handler fails where it would save the depth", "", "", "", ""},
	{"listPorts", "", nil, "", "asks for the serial ports", "`portsList`", always, `{"type": "listPorts"}`},
	{"connectPort", "a name out of `portsList`", func([]byte) *Complaint { return nil }, "", "opens the port to the board; nothing moves before it", statusLine, always, `{"type": "connectPort", "data": "/dev/ttyACM0"}`},
}
