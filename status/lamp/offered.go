package lamp

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxOffered is how many pins, LEDs, and runs of pins are named to a person.
const maxOffered = 5

// pin is a name and the number at its end; -1 where it has none.
type pin struct {
	head   string
	number int
}

func pinOf(name string) pin {
	head := strings.TrimRight(name, "0123456789")
	number, err := strconv.Atoi(name[len(head):])
	if err != nil {
		return pin{name, -1}
	}
	return pin{head, number}
}

// offered says in a few words what a lamp can be: a board has sixty pins, and nobody
// reads a list of them.
func offered(names []string) string {
	var pins []pin
	for _, name := range names {
		pins = append(pins, pinOf(name))
	}
	slices.SortStableFunc(pins, func(a, b pin) int {
		if a.number < 0 || b.number < 0 || a.head != b.head {
			return cmp.Or(cmp.Compare(min(b.number, 0), min(a.number, 0)), cmp.Compare(a.head, b.head))
		}
		return cmp.Compare(a.number, b.number)
	})
	var runs []string
	for i := 0; i < len(pins); {
		last := i
		for last+1 < len(pins) && pins[i].number >= 0 && pins[last+1] == (pin{pins[i].head, pins[last].number + 1}) {
			last++
		}
		switch first := pins[i]; {
		case first.number < 0:
			runs = append(runs, first.head)
		case last == i:
			runs = append(runs, fmt.Sprintf("%s%d", first.head, first.number))
		default:
			runs = append(runs, fmt.Sprintf("%s%d to %[1]s%[3]d", first.head, first.number, pins[last].number))
		}
		i = last + 1
	}
	verb := "are "
	if len(names) == 1 {
		verb = "is "
	}
	switch n := len(runs); {
	case n > maxOffered:
		return fmt.Sprintf("%s%s and %d more", verb, strings.Join(runs[:maxOffered], ", "), n-maxOffered)
	case n > 1:
		return verb + strings.Join(runs[:n-1], ", ") + " and " + runs[n-1]
	}
	return verb + strings.Join(runs, "")
}
