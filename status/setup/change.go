package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/network"
	"rawtcpcom/status/answer"
	"rawtcpcom/status/password"
)

// Changed is the answer to a change.
type Changed struct {
	Changes []Change `json:"changes"` // never null
	// Open is where to go on where the box gets another address or name, and
	// Confirm that the address comes back unless the page is opened there.
	Open    string `json:"open"`
	Confirm bool   `json:"confirm"`
}

// Change is a setting that has another value now.
type Change struct {
	Key      string `json:"key"`
	Title    string `json:"title"`
	Restarts string `json:"restarts"`
}

// change is POST /api/settings: {"key": "value"} of those that change, null for
// what is not to be set any more.
func (s *Setup) change(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r, settings.MaxSize)
	if !ok {
		return
	}
	var asked map[string]*string
	if err := json.Unmarshal(body, &asked); err != nil {
		refuse(w, http.StatusBadRequest, fmt.Errorf(`settings are sent as {"robot.address":"ws://..."}, null for what is not set: %w`, err))
		return
	}
	s.save(w, r, func(now settings.Values) (settings.Values, error) { return apply(now, asked) })
}

func apply(now settings.Values, asked map[string]*string) (settings.Values, error) {
	var problems settings.Problems
	for key, value := range asked {
		setting, known := settings.Lookup(key)
		switch {
		case !known:
			problems = append(problems, settings.Problem{Key: key, Text: "there is no such setting"})
		case value == nil:
			delete(now, key)
		case setting.Secret:
			now[key] = *value
		default:
			now[key] = strings.TrimSpace(*value)
		}
	}
	if problems != nil {
		return nil, problems
	}
	return now, nil
}

// file is POST /api/settings/file: a file that is laid over the settings, as one on
// a stick is. With ?try it only tells what would change.
func (s *Setup) file(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r, settings.MaxSize)
	if !ok {
		return
	}
	next := func(now settings.Values) (settings.Values, error) {
		values, _, problems := settings.Over(now, body)
		if len(problems) > 0 {
			return nil, settings.Problems(problems)
		}
		return values, nil
	}
	if !r.URL.Query().Has("try") {
		s.save(w, r, next)
		return
	}
	now, _, err := s.cfg.Store.Load()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	after, err := next(now)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err)
		return
	}
	answer.JSON(w, Changed{Changes: changes(now, after)})
}

// save changes the settings in one step and tells what has changed.
func (s *Setup) save(w http.ResponseWriter, r *http.Request, next func(settings.Values) (settings.Values, error)) {
	var before, after settings.Values
	err := s.cfg.Store.Change(func(now settings.Values) (settings.Values, error) {
		before = now.Clone()
		err := s.gate.Still(r, now)
		if err != nil {
			return nil, err
		}
		if after, err = next(now); err == nil {
			err = shutsOut(before, after, r.RemoteAddr)
		}
		return after, err
	})
	var problems settings.Problems
	switch {
	case errors.As(err, &problems):
		refuse(w, http.StatusUnprocessableEntity, err)
		return
	case errors.Is(err, password.ErrLogIn):
		refuse(w, http.StatusUnauthorized, err)
		return
	case errors.Is(err, password.ErrPowerOn):
		refuse(w, http.StatusForbidden, err)
		return
	case err != nil:
		s.cfg.Log.Error("the settings could not be changed from the page", "error", err)
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	c := Changed{Changes: changes(before, after)}
	c.Open, c.Confirm = leads(before, after, r)
	s.cfg.Log.Info("settings were changed from the page", "by", r.RemoteAddr, "settings", keys(c.Changes))
	if before["page.password"] != after["page.password"] {
		if err := s.gate.Begin(w); err != nil {
			s.cfg.Log.Error("nobody is logged in after the password was changed", "error", err)
		}
	}
	answer.JSON(w, c)
}

// shutsOut refuses networks in which whoever asks for them is not: the page would
// be gone for who could mend it.
func shutsOut(before, after settings.Values, remote string) error {
	const key = "access.allow"
	allow, err := network.Parse(after.Get(key))
	if err != nil || before.Get(key) == after.Get(key) || allow.ContainRemote(remote) {
		return nil // what is wrong with the value is told of all values together
	}
	host, _, _ := net.SplitHostPort(remote) // it is one, by net/http
	return settings.Problems{{Key: key, Text: fmt.Sprintf("your own address, %s, is in none of these networks, so this page would be gone for you; add it, or change this from another machine", host)}}
}

func changes(before, after settings.Values) []Change {
	list := []Change{}
	for _, s := range before.Changed(after) {
		list = append(list, Change{Key: s.Key, Title: s.Title, Restarts: s.Restarts})
	}
	return list
}

func keys(changes []Change) string {
	var keys []string
	for _, c := range changes {
		keys = append(keys, c.Key)
	}
	return strings.Join(keys, " ")
}

// leads is where the box's page is after a change, empty where it stays.
func leads(before, after settings.Values, r *http.Request) (url string, confirm bool) {
	host, moved := "", false
	for _, s := range before.Changed(after) {
		switch s.Key {
		case "box.name", "network.mode":
			host = after.Get("box.name") + ".local"
		}
		moved = moved || s.Section() == "network" && s.Key != "network.ntp"
	}
	if address, err := netip.ParsePrefix(after.Get("network.address")); err == nil && moved && after.Get("network.mode") == "static" {
		host, confirm = address.Addr().String(), true
	}
	if host == "" {
		return "", false
	}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		host = net.JoinHostPort(host, port)
	}
	return "http://" + host + "/", confirm
}
