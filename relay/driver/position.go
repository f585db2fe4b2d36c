package driver

import "rawtcpcom/relay/wire"

// watchPosition reads off a reply of the driver's where the robot stands. Everybody's is
// on the frontend topic; on a client's own it comes again.
func (b *Backend) watchPosition(topic string, reply wire.Reply, told wire.Told, tells bool) {
	if topic != wire.Frontend {
		return
	}
	if tells {
		if at, ok := told.Position(); ok {
			b.desk.Stands(at)
		}
		return
	}
	if stat, _ := reply.Feedback(); stat != nil {
		b.desk.Moves(string(stat) != "0")
	}
}
