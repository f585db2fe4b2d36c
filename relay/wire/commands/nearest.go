package commands

import "rawtcpcom/relay/nearest"

// didYouMean is the end of a sentence about a name that is not there: the nearest
// that is, or all there are when none is near.
func didYouMean(name []byte, names []string) string {
	if near := nearest.To(string(name), names); near != "" {
		return `; did you mean "` + near + `"?`
	}
	if len(names) > few {
		return "; the reference, relay/wire/COMMANDS.md, has them all."
	}
	return "; there are " + list(names, "and")
}

// few is how many names a sentence lists.
const few = 8
