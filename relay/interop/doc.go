// Package interop proves the relay against other people's software: crossbar.io
// as the router, autobahn in Python as the driver and in JavaScript as the
// browser's front end, and the example clients in their own languages.
//
// It is tests alone. They run the relay as the program it is, beside the
// genuine peers as theirs, and see no more of it than a client does: its
// socket, its state API, its log. "make test-interop" installs the peers, each
// in a pinned release, and names their folder in INTEROP_CACHE.
package interop
