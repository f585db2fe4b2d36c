package program

import (
	"fmt"

	"rawtcpcom/relay/api"
	"rawtcpcom/relay/tcp"
)

// spareDescriptors are for what is no connection of a client or of the API's:
// listeners, the router, files, the runtime's own.
const spareDescriptors = 32

// checkDescriptors makes sure that no connection that is allowed can fail for
// want of a descriptor. The runtime has raised the limit as far as it may.
func checkDescriptors(o options) error {
	needed := o.maxConnections + tcp.Lingering + spareDescriptors
	if o.http != "" {
		needed += api.MaxConns
	}
	limit, err := descriptorLimit()
	if err != nil {
		return fmt.Errorf("asking how many files this process may open: %w", err)
	}
	if uint64(needed) > limit {
		return fmt.Errorf("-max-connections %d needs %d file descriptors in all, and this process may have %d; lower -max-connections, or raise the limit (ulimit -n)", o.maxConnections, needed, limit)
	}
	return nil
}
