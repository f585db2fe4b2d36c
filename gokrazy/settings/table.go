package settings

import (
	"fmt"

	"rawtcpcom/relay/network"
	"rawtcpcom/relay/wire"
)

// stops are what can be published where a program is gone.
var stops = []string{"none", "clear", "halt"}

// table is all settings. A row is what it takes to add one.
var table = []Setting{
	{Key: "robot.address", Title: "Address of the robot's router", Kind: Text, Example: "ws://192.168.1.20:8080/ws", check: routerAddress, Flags: relay("router"), Restarts: sessions,
		Text: "the URL of the crossbar.io router on the robot: ws://ADDRESS:8080/ws, or port 31947 with otone_backend; wss:// for a secured one"},
	{Key: "robot.software", Title: "The robot's software", Kind: Choice, Choices: software, Default: software[0], Flags: relay("backend"), Restarts: sessions,
		Text: "what runs on the robot: driver (" + wire.DriverDialect.About + ") or otone (" + wire.OToneDialect.About + ")"},
	{Key: "robot.realm", Title: "Realm", Kind: Text, Default: "ot_realm", check: notEmpty, Flags: relay("realm"), Restarts: sessions,
		Text: "the router's WAMP realm"},
	{Key: "robot.auth-id", Title: "Name at the router", Kind: Text, Example: "rawtcpcom", Flags: relay("auth-id"), Restarts: sessions,
		Text: "the name that the box gives to a router with ticket or wampcra authentication; the OT-One's own asks for none"},
	{Key: "robot.auth-secret", Title: "Secret at the router", Kind: Text, Secret: true, Restarts: sessions,
		Text: "the secret that goes with robot.auth-id"},
	{Key: "robot.auth-ticket-in-clear", Title: "Send the secret in clear", Kind: Switch, Default: "false", Flags: relay("auth-ticket-in-clear"), Restarts: sessions,
		Text: "true where the secret may go to a router with ticket authentication at ws://, where anyone on the way can read it"},
	{Key: "robot.ca", Title: "Certificates of the router", Kind: Lines, check: certificates, Restarts: sessions,
		Text: "the certificates to trust for a wss:// router instead of the usual ones, as PEM text"},
	{Key: "robot.check", Title: "Check commands", Kind: Choice, Choices: []string{"known", "off"}, Default: "known", Flags: relay("check"), Restarts: sessions,
		Text: "what is refused: known (commands and arguments that the robot's published software would drop or mistake) or off, for a robot with commands of its own"},

	{Key: "box.name", Title: "Name", Kind: Text, Default: "rawtcpcom", check: hostName,
		Text: "the name of the box in the network, of letters, digits and hyphens; its page is at http://NAME.local/", Restarts: address},

	{Key: "network.mode", Title: "Address of the box", Kind: Choice, Choices: []string{"dhcp", "static"}, Default: "dhcp", Restarts: address,
		Text: "how the box gets its address: dhcp (the network gives it one) or static (it is network.address)"},
	{Key: "network.address", Title: "Static address", Kind: Text, Example: "192.168.1.7/24", check: prefix, Restarts: address,
		Text: "the address with network.mode static, and behind it the length of the network's part: /24 for the netmask 255.255.255.0"},
	{Key: "network.gateway", Title: "Gateway", Kind: Text, Example: "192.168.1.1", check: ipv4, Restarts: address,
		Text: "the way to other networks with network.mode static; none is needed where robot and programs are in the box's own network"},
	{Key: "network.dns", Title: "Name servers", Kind: List, Example: "192.168.1.1", check: each(ipv4), Restarts: address,
		Text: "the name servers with network.mode static; none are needed where the robot's address is in numbers"},
	{Key: "network.ntp", Title: "Time servers", Kind: List, Example: "192.168.1.1", check: each(server),
		Text: "the NTP servers that the box gets the time from, before those that DHCP names and those on the internet"},

	{Key: "access.allow", Title: "Networks that may connect", Kind: List, Default: network.Default, check: networks, Flags: both("allow"), Restarts: sessions,
		Text: "the networks that may connect to the relay and see the page: private are those not routed on the internet, local those that the box is directly on"},
	{Key: "access.max-clients", Title: "Programs at once", Kind: Number, Default: fmt.Sprint(wire.DriverIDs - 1), Min: 1, Max: 1000, Flags: relay("max-clients"), Restarts: sessions,
		Text: fmt.Sprintf("how many programs may be connected at once; with the driver of 2016, each takes one of the %d ids that it has until it is restarted", wire.DriverIDs)},
	{Key: "access.exclusive", Title: "One program at a time", Kind: Switch, Default: "false", Flags: relay("exclusive"), Restarts: sessions,
		Text: "true to let only one program at a time command the robot, the first that does until it disconnects; every program can still stop it"},
	{Key: "access.console", Title: "Console on the page", Kind: Switch, Default: "false", Flags: status("console"), Restarts: page,
		Text: "true to let the page send commands to the robot; its halt is always there"},

	{Key: "stops.on-disconnect", Title: "When a program goes", Kind: Choice, Choices: stops, Default: "none", Flags: relay("on-disconnect"), Restarts: sessions,
		Text: "what the robot is told when a program that has commanded it disconnects or is lost, and when the box stops: none, clear (empty its queue) or halt (a software stop, not a safety device)"},
	{Key: "stops.after-silence", Title: "After a silence", Kind: Choice, Choices: stops, Default: "clear", Flags: relay("after-silence"), Restarts: sessions,
		Text: "what the robot is told first when it is back after a silence in which it may not have heard commands: none, clear or halt"},

	{Key: "lines.terminator", Title: "End of a line", Kind: Choice, Choices: terminators(), Default: wire.Terminators[0].Name, Flags: relay("terminator"), Restarts: sessions,
		Text: "what ends a line to a program: lfcr (as in 2016), crlf or lf"},

	{Key: "lamps.wamp", Title: "WAMP lamp", Kind: Text, Default: "GPIO17", check: led, Flags: status("wamp-led"), Restarts: page,
		Text: "the LED of the WAMP lamp: a pin, ACT, PWR or none"},
	{Key: "lamps.client", Title: "Client lamp", Kind: Text, Default: "GPIO27", check: led, Flags: status("client-led"), Restarts: page,
		Text: "the LED of the client lamp: a pin, ACT, PWR or none"},
	{Key: "lamps.board", Title: "Both in one", Kind: Text, Default: "ACT", check: led, Flags: status("board-led"), Restarts: page,
		Text: "the LED that shows both lamps in one: a pin, ACT, PWR or none"},
	{Key: "lamps.active-low", Title: "Shine when low", Kind: Switch, Default: "false", Flags: status("active-low"), Restarts: page,
		Text: "true where the LEDs on pins shine when the pin is low"},

	{Key: "page.password", Title: "Password", Kind: Text, Secret: true, check: password,
		Text: "what the page asks for before it changes anything; it is kept as a hash, and crosses the network in clear"},

	{Key: "log.server", Title: "Log server", Kind: Text, Example: "192.168.1.2:514", check: hostPort,
		Text: "a syslog server that the box sends its log to, as HOST:PORT, from its next start on"},
}
