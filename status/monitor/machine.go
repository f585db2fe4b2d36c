package monitor

import (
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"rawtcpcom/gokrazy/names/report"
)

// Addresses lists those of this machine that others can reach, without the
// loopback and the link-local ones. IPv4 comes first: people type it.
func Addresses() []string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var v4, v6 []string
	for _, a := range all {
		n, ok := a.(*net.IPNet)
		if !ok || !n.IP.IsGlobalUnicast() {
			continue
		}
		if n.IP.To4() != nil {
			v4 = append(v4, n.IP.String())
		} else {
			v6 = append(v6, n.IP.String())
		}
	}
	return append(v4, v6...)
}

// uptimeFile is the kernel's. Tests of the whole program link another, since what
// may be done within minutes of power-on is not to depend on the machine they run on.
var uptimeFile = "/proc/uptime"

// Names are those under which the local network finds this machine, as the box's
// program names tells them in a file. There are none where it does not run.
func Names(file string) report.Names {
	n, err := report.Read(file)
	if err != nil {
		return report.Names{}
	}
	return n
}

// Uptime is for how long the machine has been on; where the kernel does not
// tell, for how long this program runs.
func Uptime(started time.Time) time.Duration {
	text, err := os.ReadFile(uptimeFile)
	if err == nil {
		first, _, _ := strings.Cut(string(text), " ")
		if seconds, err := strconv.ParseFloat(first, 64); err == nil {
			return time.Duration(seconds * float64(time.Second))
		}
	}
	return time.Since(started)
}
