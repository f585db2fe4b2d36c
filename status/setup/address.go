package setup

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/durable"
)

// confirm tells lan that somebody has reached the page at the address on trial.
// It asks for no password: the new address has no cookie yet, and that the page
// can be reached is all that it says.
func (s *Setup) confirm(w http.ResponseWriter, r *http.Request) {
	lan, err := report.Read(s.cfg.Report)
	if err != nil || lan.Trial == nil {
		refuse(w, http.StatusConflict, errors.New("no address is on trial"))
		return
	}
	here := local(r)
	if here.String() != lan.Trial.Address {
		refuse(w, http.StatusConflict, fmt.Errorf("this is %s; open the page at %s to confirm it", here, lan.Trial.Address))
		return
	}
	if err := durable.Write(s.cfg.Confirm, []byte(here.String())); err != nil {
		refuse(w, http.StatusInternalServerError, fmt.Errorf("confirm the address: %w", err))
		return
	}
	s.cfg.Log.Info("the box's address was confirmed from the page", "address", here, "by", r.RemoteAddr)
	w.WriteHeader(http.StatusNoContent)
}

// local is the address of this machine that a request came to.
func local(r *http.Request) netip.Addr {
	addr, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if addr == nil {
		return netip.Addr{}
	}
	p, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap()
}

// Undone tells why an address was taken back, in a sentence, or nothing.
func (s *Setup) Undone() []string {
	if s == nil {
		return nil // on a PC
	}
	lan, err := report.Read(s.cfg.Report)
	if err != nil || lan.Undone == "" {
		return nil
	}
	return []string{lan.Undone}
}
