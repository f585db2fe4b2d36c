package wire

import "slices"

// dangerousMeta wedge or dismantle the driver (relay/wire/README.md, "What the
// driver does that a relay must live with").
var dangerousMeta = []string{"connect", "disconnect", "add_driver", "remove_driver", "add_callback", "remove_callback", "set_meta_callback"}

// DangerousMeta are the meta commands that break the driver.
func DangerousMeta() []string { return slices.Clone(dangerousMeta) }
