package otone

import "rawtcpcom/relay/wire"

// positionSaid reads off what the robot says where it stands: it tells so while it moves
// and once it has moved, and before that says whether it does.
func (b *Backend) positionSaid(payload []byte) {
	if at, ok := wire.OTonePosition(payload); ok {
		b.desk.Stands(at)
		return
	}
	if begun, ok := wire.BoardMotion(payload); ok {
		b.desk.Moves(begun)
	}
}
