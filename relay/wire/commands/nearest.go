package commands

import "strings"

// didYouMean is the end of a sentence about a name that is not there: the nearest
// that is, or all there are when none is near.
func didYouMean(name []byte, names []string) string {
	if near := nearest(name, names); near != "" {
		return `; did you mean "` + near + `"?`
	}
	if len(names) > few {
		return "; the reference, relay/wire/COMMANDS.md, has them all."
	}
	return "; there are " + list(names, "and")
}

// few is how many names a sentence lists.
const few = 8

// nearest is the name that a slip of the hand made into this one, or "".
func nearest(name []byte, names []string) string {
	if len(name) > longest {
		return ""
	}
	got := strings.ToLower(string(name))
	best, least := "", 1+len(got)/3
	for _, n := range names {
		d := distance(got, strings.ToLower(n))
		// Of one letter, only the same in the other case is near.
		if d <= least && d < max(len(n), len(got)) && (best == "" || d < least) {
			best, least = n, d
		}
	}
	return best
}

// distance counts the slips between two words: a letter left out, put in,
// exchanged, or swapped with the next.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
