package tcp

import (
	"net"
	"strconv"
	"strings"
	"time"

	"rawtcpcom/relay/stranger"
)

// first judges who speaks before being greeted.
func (s *Server) first(conn net.Conn, gate *stranger.Gate) *Denial {
	if s.FirstBytes == 0 {
		return nil
	}
	_ = conn.SetReadDeadline(time.Now().Add(s.FirstBytes))
	found := gate.Peek()
	_ = conn.SetReadDeadline(time.Time{})
	if found == nil {
		return nil
	}
	return s.denial(conn, found)
}

// expel ends the connection of a client that is found to be none.
func (s *Server) expel(c *Conn, found *stranger.Error) {
	denial := s.denial(c.conn, found)
	s.Door.note(c.Remote(), denial)
	if denial.answer == inHTTP {
		c.sendRaw(denial.say(c.terminator))
	}
	s.close(c, denial.Reason, denial.Text, found)
}

// denial is what a stranger is told.
func (s *Server) denial(conn net.Conn, found *stranger.Error) *Denial {
	if found.Kind != stranger.HTTP {
		return Deny(NotOurProtocol, "%v", found)
	}
	denial := Deny(NotOurProtocol, "%v; %s", found, s.page(conn))
	denial.answer = inHTTP
	return denial
}

// page tells a person with a browser where to find the web page.
func (s *Server) page(conn net.Conn) string {
	host, _, err := net.SplitHostPort(conn.LocalAddr().String())
	if err != nil || s.PagePort == 0 {
		return "the web page, if this machine has one, is at another port"
	}
	host, _, _ = strings.Cut(host, "%") // a zone is for this machine alone
	host = strings.TrimSuffix(net.JoinHostPort(host, strconv.Itoa(s.PagePort)), ":80")
	return "the web page of this machine is at http://" + host + "/"
}
