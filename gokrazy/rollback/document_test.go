package rollback

import (
	"fmt"
	"testing"

	"rawtcpcom/relay/document"
)

//go:generate go test -run TestDocumentHasTheTrial . -update

func TestDocumentHasTheTrial(t *testing.T) {
	document.Hold(t, document.Operating, "trial", fmt.Sprintf(`| the update | when |
|---|---|
| is kept | its relay has served for %.0f s without a restart |
| is taken back | that has not come about within %.0f minutes of a start |
| is taken back | the box has restarted %d times before |
`, stable.Seconds(), Patience.Minutes(), MaxStarts-1))
}
