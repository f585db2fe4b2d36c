//go:build image

package licence

import "testing"

// The kernel's source has to be offered, and the firmware's licence passed on.
func TestAll(t *testing.T) {
	all, err := All(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	holds(t, all, "GNU GENERAL PUBLIC LICENSE", "https://github.com/raspberrypi/linux", "Broadcom")
}
