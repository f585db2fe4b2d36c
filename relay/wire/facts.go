package wire

import "slices"

// DriverIDs is how many client ids the driver takes, those of browsers
// included, before it refuses every further one until it is restarted.
const DriverIDs = 5

// DangerousMeta are the meta commands that break the driver.
func DangerousMeta() []string { return slices.Clone(dangerousMeta) }

// Terminators are what a line to a client can end with, the default first. What
// a client's own lines end with is for package frame to say.
var Terminators = [...]struct{ Name, Bytes string }{
	{"lfcr", "\n\r"}, // as in 2016
	{"crlf", "\r\n"},
	{"lf", "\n"},
}
