package main

import (
	"context"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// nameless are the boxes of this network that are found by their own names only,
// since another box has the plain name that they want. The page of such a box is
// announced under its own name.
func (n nic) nameless(ctx context.Context) ([]string, error) {
	var names []string
	const page = "._http._tcp.local."
	err := n.hear(ctx, page[1:], dns.TypePTR, func(m *dns.Msg) {
		for _, record := range slices.Concat(m.Answer, m.Extra) {
			r, ok := record.(*dns.SRV)
			if !ok || r.Hdr.Ttl == 0 {
				continue
			}
			box, ok := strings.CutSuffix(r.Hdr.Name, page)
			name := box + ".local"
			if ok && strings.HasPrefix(box, ownPrefix) && r.Target == dns.Fqdn(name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	})
	slices.Sort(names)
	return names, err
}

// beside has the page of the box that has the plain name tell of those that have
// none: whoever looks for another box, and comes to this one, learns where that is.
// One unanswered question tells nothing.
func (c *claims) beside(ctx context.Context) {
	var found []string
	if c.names.Plain != "" {
		names, err := c.nic.nameless(ctx)
		if err != nil {
			return // the next question for a name finds out why
		}
		found = slices.DeleteFunc(names, func(name string) bool { return name == c.names.Own })
	}
	now, before := strings.Join(found, ", "), c.names.Nameless
	if now == "" && c.names.Plain != "" && !c.lone {
		c.lone = true
		return
	}
	c.lone = now == ""
	if c.names.Nameless = now; now != before {
		c.tell()
	}
}
