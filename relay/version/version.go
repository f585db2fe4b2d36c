// Package version says which build this is. The values are stamped by the
// linker (see the Makefile), since VCS stamping does not survive the replace
// directive that an image build uses.
package version

import "fmt"

// Stamped with -ldflags "-X rawtcpcom/relay/version.Version=...".
var (
	Version  = "development"
	Revision = "unknown" // git revision
	Built    = "unknown" // build time, RFC 3339, UTC
)

// String is the one line that -version prints and the log starts with.
func String() string {
	return fmt.Sprintf("%s (revision %s, built %s)", Version, Revision, Built)
}
