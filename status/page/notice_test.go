package page

import (
	"net/http"
	"strings"
	"testing"

	"rawtcpcom/relay/state"
	"rawtcpcom/status/relayapi/fakerelay"
)

func TestPutNoticeAway(t *testing.T) {
	s := serve(t, nil)
	st := fakerelay.Healthy()
	st.Notices = []state.Notice{{Text: "went back", ID: "n"}}
	s.relay.Set(st)
	if code, _, body := s.do(t, http.MethodDelete, "/api/notices/n", ""); code != http.StatusNoContent {
		t.Errorf("%d %s", code, body)
	}
	if code, _, body := s.do(t, http.MethodDelete, "/api/notices/n", ""); code != http.StatusNotFound || !strings.Contains(body, "no such notice") {
		t.Errorf("twice: %d %s", code, body)
	}
	s.relay.Close()
	if code, _, body := s.do(t, http.MethodDelete, "/api/notices/n", ""); code != http.StatusBadGateway || !strings.Contains(body, "does not answer") {
		t.Errorf("without a relay: %d %s", code, body)
	}
}
