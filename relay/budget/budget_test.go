package budget

import "testing"

func TestBounds(t *testing.T) {
	for name, c := range map[string]struct {
		own, others int
		past        bool
	}{
		"nothing":                       {0, 0, false},
		"its own bound":                 {100, 0, false},
		"past its own bound":            {101, 0, true},
		"all that there is, with least": {10, 240, false},
		"past all, with least":          {10, 241, false},
		"past all, with more":           {11, 240, true},
		"past all, with nothing":        {0, 1000, false},
		"the others' bound and its own": {100, 150, false},
	} {
		b := &Budget{Each: 100, All: 250, Least: 10}
		gone, a := b.Open(), b.Open()
		gone.Charge(c.others)
		a.Charge(c.own)
		past, eased := a.Past()
		if past != c.past {
			t.Errorf("%s: past is %v", name, past)
		}
		crowded := c.own+c.others > 250
		if (eased != nil) != crowded {
			t.Errorf("%s: crowded is %v", name, eased != nil)
		}
		gone.Release(c.others)
		if crowded {
			select {
			case <-eased:
			default:
				t.Errorf("%s: whoever waits is not told", name)
			}
		}
		a.Release(c.own)
		if b.Held() != 0 || b.Eased() != nil {
			t.Errorf("%s: %d bytes are held of nothing", name, b.Held())
		}
	}
}
