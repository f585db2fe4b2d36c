// Package nearest finds what somebody meant who has misspelt a name.
package nearest

import "strings"

// longest is how long a name may be to be looked for, in bytes: a slip of the hand
// does not make a text of one.
const longest = 40

// To is the name that a slip of the hand made into this one, or "". Capitals are
// passed over.
func To(name string, names []string) string {
	if len(name) > longest {
		return ""
	}
	got := strings.ToLower(name)
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
