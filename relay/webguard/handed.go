package webguard

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/net/publicsuffix"

	"rawtcpcom/gokrazy/lan/report"
)

// Handed is a Guard's Handed on this machine.
func Handed() []string { return handed("/", os.Hostname) }

// handed are the names under which a network's DNS knows a machine: its host name,
// as it is now, by itself and in each search domain, and nothing else that ends like
// one of them. The domains
// are those of DHCP, which lan reports on the box, and those of resolv.conf. root
// is "/" but in tests.
func handed(root string, hostname func() (string, error)) (names []string) {
	host, err := hostname()
	if err != nil || host == "" {
		return nil
	}
	names = []string{host}
	var domains []string
	if r, err := report.Read(filepath.Join(root, report.Path)); err == nil {
		domains = r.Search
	}
	for _, domain := range append(domains, resolvSearch(root)...) {
		if domain = strings.Trim(domain, "."); domain != "" && !public(domain) {
			names = append(names, host+"."+domain)
		}
	}
	return names
}

// public reports whether strangers can have names in a domain, such as com, co.uk or
// dyndns.org. A network may hand it out all the same; then a stranger's site could
// be the box by name, and its scripts those of the box's page.
func public(domain string) bool {
	domain = strings.ToLower(domain)
	suffix, known := publicsuffix.PublicSuffix(domain)
	return suffix == domain && (known || strings.Contains(domain, "."))
}

// resolvSearch are the domains of the last search or domain line of resolv.conf,
// as the resolver takes them.
func resolvSearch(root string) (domains []string) {
	text, err := os.ReadFile(filepath.Join(root, "etc", "resolv.conf"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && (words[0] == "search" || words[0] == "domain") {
			domains = words[1:]
		}
	}
	return domains
}
