package program

import "math"

// descriptorLimit is none: Windows bounds what a process may open by memory.
func descriptorLimit() (uint64, error) { return math.MaxUint64, nil }
