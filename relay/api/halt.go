package api

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"unicode"
)

// maxBy is how much of a name is passed on, in bytes.
const maxBy = 100

// halt stops the robot for who is no client (hub.Halt). Who it is for can be said
// in the query, as the status page does: the clients are told, and the log.
func (s *Server) halt(w http.ResponseWriter, r *http.Request) {
	by := printable(r.URL.Query().Get("by"))
	if by == "" {
		host, _, _ := net.SplitHostPort(r.RemoteAddr) // it is one, by net/http
		by = host + " at the state API"
	}
	if e := s.Hub.Halt(by); e != nil {
		http.Error(w, e.Text, http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "the router has acknowledged the stop: the robot was told to drop what it had queued and to halt; it has to be reset and homed before it moves again")
}

// printable keeps a name to a line of the log and of a client.
func printable(name string) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if len(name) > maxBy {
		name = strings.ToValidUTF8(name[:maxBy], "")
	}
	return strings.TrimSpace(name)
}
