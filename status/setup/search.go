package setup

import (
	"errors"
	"net/http"

	"rawtcpcom/relay/search"
	"rawtcpcom/status/answer"
)

// searched is the told to a search.
type searched struct {
	Networks []string       `json:"networks"` // never null
	Found    []search.Found `json:"found"`    // never null
}

// search looks for robots, one search at a time. It ends with the request: who
// closes the page does not want to know any more.
func (s *Setup) search(w http.ResponseWriter, r *http.Request) {
	if !s.searching.TryLock() {
		refuse(w, http.StatusConflict, errors.New("a search is under way already; wait for some seconds"))
		return
	}
	defer s.searching.Unlock()
	now, _, err := s.cfg.Store.Load()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	networks, own := s.cfg.Networks()
	told := searched{Networks: []string{}, Found: []search.Found{}}
	for _, n := range networks {
		told.Networks = append(told.Networks, n.Masked().String())
	}
	found := search.Search{Networks: networks, Own: own, Ports: search.Ports, Realm: now.Get("robot.realm"), Log: s.cfg.Log}.Run(r.Context())
	told.Found = append(told.Found, found...)
	s.cfg.Log.Info("a robot was looked for from the page", "by", r.RemoteAddr, "networks", told.Networks, "found", len(found))
	answer.JSON(w, told)
}
