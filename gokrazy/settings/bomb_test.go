package settings

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// No file that fits takes so much memory that the box has none left for the relay.
func TestFileThatIsMadeToTakeMemory(t *testing.T) {
	const size = MaxSize - 10<<10
	names := func(before, name, after string, most int) string {
		var b strings.Builder
		for i := 0; b.Len() < most; i++ {
			fmt.Fprintf(&b, name, i)
		}
		return before + b.String() + after
	}
	long := strings.Repeat("a", size/10)
	for name, text := range map[string]string{
		"lists in lists":             "a=" + strings.Repeat("[", size/2) + strings.Repeat("]", size/2),
		"lists with lines":           "a=" + strings.Repeat("[\n", size/3) + strings.Repeat("]", size/3),
		"tables in tables":           "a=" + strings.Repeat("{a=", size/16) + "1" + strings.Repeat("}", size/16),
		"a name of many parts":       strings.Repeat("a.", size/16) + "a=1",
		"behind quotes":              `a="\\"` + "\nb='''''''\nc=\"\"\"\\\"\"\"\"\"\n" + strings.Repeat("a . 'a'.", size/16) + "a=1",
		"a section of many":          "[" + strings.Repeat("'a'.", size/16) + "a]\nb=1\n",
		"names in a long section":    names("["+long+"]\n", "n%d=1\n", "", size/10),
		"names in a quoted section":  names("[\""+long+"\"]\n", "n%d=1\n", "", size/10),
		"names in a long table":      names("a={'"+long+"'={", "n%d=1,", "n=1}}", size/10),
		"names in a table in a list": names("a=[{"+long+"={", "n%d=1,", "n=1}}]", size/10),
		"unknown names":              names("[robo]\n", "n%d=1\n", "", size/8),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, problems := Parse([]byte(text))
			runtime.ReadMemStats(&after)
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 128 {
				t.Errorf("it took %d MiB", used)
			}
			if len(problems) == 0 || len(problems) > mostProblems {
				t.Errorf("it has %d problems", len(problems))
			}
			for _, p := range problems {
				if len(p.String()) > 4*mostName {
					t.Errorf("a problem of %d bytes", len(p.String()))
				}
			}
		})
	}
}
