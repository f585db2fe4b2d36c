package settings

import "strings"

// FromArgs are the settings that a program was given as flags: what Args gives.
func FromArgs(p Program, args []string) Values {
	values := Values{}
	for _, arg := range args {
		name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if !strings.HasPrefix(arg, "-") {
			continue
		}
		for _, s := range table {
			for _, f := range s.Flags {
				switch {
				case f.Program != p || f.Name != name:
				case given:
					values[s.Key] = value
				case s.Kind == Switch:
					values[s.Key] = "true"
				}
			}
		}
	}
	return values
}
