// Package commands knows the commands of the robot's software of 2016: the driver
// (the commit named in relay/wire/README.md) and otone_backend of July 2016. What
// that software drops in silence, or takes for something else, can so be refused
// before it is sent.
//
// Both tables were read from the sources and are kept in our own words. The check
// is a pure function of a message and its table. It refuses only what the sources
// are known to drop or to mistake in every published revision of that dialect. In
// doubt a message passes: a value is judged by how it begins, since the driver
// copies its text into G-code and "10 F3000" is a place and a speed. A stop always
// passes, whatever is beside it: another driver may obey it.
//
// The tables are also the source of the reference, relay/wire/COMMANDS.md.
//
//	driver_table.go  the driver's commands and meta commands
//	driver.go        the check of a message for the driver
//	otone_table.go   otone's verbs
//	otone.go         the check of a message for otone
//	location.go      where otone is to move
//	value.go         what a value may be
//	nearest.go       "did you mean", by package nearest
package commands
