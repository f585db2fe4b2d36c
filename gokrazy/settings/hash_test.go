package settings_test

import (
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

// A hash that a file brings takes no days to check.
func TestAHashThatTakesTooLong(t *testing.T) {
	const hash = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
	for cost, sound := range map[string]bool{"04": true, "10": true, "12": true, "13": false, "31": false} {
		v := settings.Values{"page.password": strings.Replace(hash, "$10$", "$"+cost+"$", 1)}
		if problems := v.Check(); (len(problems) == 0) != sound {
			t.Errorf("of a cost of %s: %v", cost, problems)
		}
	}
}
