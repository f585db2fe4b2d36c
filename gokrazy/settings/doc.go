// Package settings is what differs from lab to lab about a box: its robot, its
// name, its address, who may connect, what the lamps are wired to.
//
// One table, [All], says what there is. From it come the page's form, the file and
// what it may hold, the commented example, the document's table and the flags of
// relay and status: both take "-settings FILE" on the box, and go on working with
// flags alone elsewhere. A flag on the command line wins over the file.
//
// The file is TOML, since people write it by hand: on a stick, on the card, in an
// editor. What editors do to it is passed over: CRLF, a byte order mark, curly
// quotes, UTF-16. Everything else that is wrong is a [Problem] with its line and a
// remedy, and then nothing of the file counts: half a file of settings is settings
// that nobody meant. A name that the table does not know is an error too, since a
// misspelt one would be passed over in silence.
//
// On the box the settings in force are one file on /perm, see [Store]. They are not
// part of the image, so no update can change them.
package settings
