package settings_test

import (
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

const robot = "[robot]\naddress = \"ws://192.0.2.20:8080/ws\"\n"

// bad are files as people write them, each with the line of its first problem and
// what they are told.
var bad = []struct {
	name, file string
	line       int
	key, text  string
}{
	// What is no TOML.
	{"no quotes", "[robot]\naddress = ws://192.0.2.20:8080/ws\n", 2, "address", `a text stands in quotes; write address = "ws://192.0.2.20:8080/ws"`},
	{"no quotes, a comment behind", "[robot]\naddress = ws://192.0.2.20:8080/ws # the big one\n", 2, "address", `write address = "ws://192.0.2.20:8080/ws"`},
	{"an address without quotes", "[network]\nmode = \"static\"\naddress = 192.168.1.7/24\n", 3, "address", `a text stands in quotes; write address = "192.168.1.7/24"`},
	{"a name without quotes", "[box]\nname = lab2\n", 2, "name", `a text stands in quotes; write name = "lab2"`},
	{"yes", "[access]\nexclusive = yes\n", 2, "exclusive", "write exclusive = true"},
	{"one quote", "[robot]\naddress = \"ws://192.0.2.20:8080/ws\n", 2, "", "a quote is missing"},
	{"a colon for =", "[robot]\naddress: \"ws://192.0.2.20:8080/ws\"\n", 2, "", `a line is NAME = "VALUE"`},
	{"prose", "The robot is at 192.0.2.20\n", 1, "", `a line is NAME = "VALUE"`},
	{"half a section", "[robot\naddress = \"ws://192.0.2.20:8080/ws\"\n", 1, "", "the line of a section ends with ]"},
	{"no value", "[box]\nname =\n", 2, "", "a value is missing behind name =; write one, or leave the line out"},
	{"twice", "[box]\nname = \"a\"\nname = \"b\"\n", 3, "", "box.name stands there twice; leave the one that is meant"},
	{"a section twice", "[box]\nname = \"a\"\n[box]\n", 3, "", "the section [box] stands there twice"},
	{"a list without its end", "[network]\nntp = [\"a\", \"b\"\n", 2, "", "a list ends with ]"},
	{"JSON", "{\"robot\": {\"address\": \"ws://192.0.2.20:8080/ws\"}}\n", 1, "", `a line is NAME = "VALUE"`},
	{"a Windows path", "[robot]\naddress = \"\\robot\\share\"\n", 2, "", `write \\ for one`},

	// What is no text.
	{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", 0, "", "the file is not text; save it as UTF-8"},
	{"Latin-1", "[box]\nname = \"b\xfcro\"\n", 0, "", "the file is not text; save it as UTF-8"},
	{"too long", strings.Repeat("# nothing to see here\n", settings.MaxSize/20), 0, "", "the file is longer than"},
	{"a rich text", "{\\rtf1\\ansi{\\fonttbl}\n", 1, "", `a line is NAME = "VALUE"`},

	// Names.
	{"misspelt", "[robot]\nadress = \"ws://192.0.2.20:8080/ws\"\n", 2, "robot.adress", "there is no such setting; did you mean robot.address?"},
	{"the other section", "[robot]\nterminator = \"lf\"\n", 2, "robot.terminator", "did you mean lines.terminator?"},
	{"no section", "terminator = \"lf\"\n", 1, "terminator", "it belongs under a line [lines]"},
	{"no such section", "[wifi]\nssid = \"lab\"\n", 2, "wifi.ssid", "there is no section [wifi]"},
	{"no such name, no section", "password2 = \"a\"\n", 1, "password2", "there is no setting of that name"},
	{"capitals", "[Robot]\nAddress = \"ws://192.0.2.20:8080/ws\"\n", 2, "Robot.Address", "did you mean robot.address?"},
	{"a section in a section", "[robot.address]\nurl = \"ws://192.0.2.20:8080/ws\"\n", 0, "robot.address", "it wants a text in quotes"},

	// Values.
	{"a name that is near to none", "[robot]\nip = \"192.0.2.20\"\n", 2, "robot.ip", "in [robot] there are address, software,"},
	{"no URL", "[robot]\naddress = \"192.0.2.20\"\n", 2, "robot.address", "write ws://192.0.2.20:8080/ws"},
	{"a page's URL", "[robot]\naddress = \"http://192.0.2.20/\"\n", 2, "robot.address", "ws://"},
	{"a number for a text", "[robot]\naddress = 192\n", 2, "robot.address", "it wants a text; put 192 in quotes"},
	{"one of two", "[robot]\nsoftware = \"crossbar\"\n", 2, "robot.software", `"crossbar" is not driver or otone`},
	{"a name with a space", "[box]\nname = \"Lab 2\"\n", 2, "box.name", "is not a name of letters, digits and hyphens"},
	{"a name with .local", "[box]\nname = \"lab2.local\"\n", 2, "box.name", "is not a name of letters, digits and hyphens"},
	{"no netmask", "[network]\nmode = \"static\"\naddress = \"192.168.1.7\"\n", 3, "network.address", "write 192.168.1.7/24"},
	{"the network itself", "[network]\nmode = \"static\"\naddress = \"192.168.1.0/24\"\n", 3, "network.address", "is no address that a machine can have"},
	{"an IPv6 address", "[network]\nmode = \"static\"\naddress = \"fd00::7/64\"\n", 3, "network.address", "is not an address such as 192.168.1.7/24"},
	{"a name for a name server", "[network]\ndns = [\"dns.example.org\"]\n", 2, "network.dns", "is not an address such as 192.168.1.1"},
	{"zero clients", "[access]\nmax-clients = 0\n", 2, "access.max-clients", "0 is not between 1 and 1000"},
	{"half a client", "[access]\nmax-clients = 1.5\n", 2, "access.max-clients", "it wants a whole number"},
	{"many", "[access]\nmax-clients = \"many\"\n", 2, "access.max-clients", `"many" is not a whole number`},
	{"a switch in words", "[access]\nconsole = \"on\"\n", 2, "access.console", `"on" is not true or false`},
	{"no network", "[access]\nallow = [\"lab\"]\n", 2, "access.allow", "lab"},
	{"a list in one text", "[network]\nntp = [\"a, b\"]\n", 2, "network.ntp", "without a comma"},
	{"a list for one value", "[robot]\nrealm = [\"ot_realm\"]\n", 2, "robot.realm", "leave out [ and ]"},
	{"an empty realm", "[robot]\nrealm = \"\"\n", 2, "robot.realm", "it is empty"},
	{"a bell", "[robot]\nrealm = \"\\u0007\"\n", 2, "robot.realm", "control character"},
	{"no such pin", "[lamps]\nwamp = \"17\"\n", 2, "lamps.wamp", "is not a pin such as GPIO17"},
	{"no such terminator", "[lines]\nterminator = \"cr\"\n", 2, "lines.terminator", `"cr" is not lfcr, crlf or lf`},
	{"stop everything", "[stops]\non-disconnect = \"stop\"\n", 2, "stops.on-disconnect", `"stop" is not none, clear or halt`},
	{"no port", "[log]\nserver = \"192.0.2.3\"\n", 2, "log.server", "write 192.0.2.3:514"},
	{"a port too high", "[log]\nserver = \"192.0.2.3:99999\"\n", 2, "log.server", "a port is between 1 and 65535"},
	{"a short password", "[page]\npassword = \"1234\"\n", 2, "page.password", "it has 4 characters; it has to have between 8 and 72"},
	{"no certificate", robot + "ca = \"lab.crt\"\n", 3, "robot.ca", "it holds no PEM certificate"},
	{"a date", "[box]\nname = 2026-01-01\n", 2, "box.name", "it wants a text in quotes"},

	// What goes only together.
	{"static without an address", "[network]\nmode = \"static\"\n", 0, "network.address", "it is missing, and network.mode is static"},
	{"a gateway elsewhere", "[network]\nmode = \"static\"\naddress = \"192.168.1.7/24\"\ngateway = \"10.0.0.1\"\n", 4, "network.gateway", "the box cannot reach it"},
	{"a name without its secret", robot + "auth-id = \"box\"\n", 0, "robot.auth-secret", "it is missing, and goes with robot.auth-id"},
	{"a secret without its name", robot + "auth-secret = \"box\"\n", 0, "robot.auth-id", "it is missing, and goes with robot.auth-secret"},
	{"a ticket of nobody", robot + "auth-ticket-in-clear = true\n", 3, "robot.auth-ticket-in-clear", "there is none; leave it out"},
	{"two lamps on one pin", "[lamps]\nwamp = \"GPIO17\"\nclient = \"GPIO17\"\n", 3, "lamps.client", "GPIO17 is the LED of lamps.wamp already"},
}

func TestBadFiles(t *testing.T) {
	for _, c := range bad {
		t.Run(c.name, func(t *testing.T) {
			values, problems := settings.Parse([]byte(c.file))
			if len(problems) == 0 {
				t.Fatalf("it was taken: %v", values)
			}
			if values != nil {
				t.Errorf("half of it was taken: %v", values)
			}
			p := problems[0]
			if p.Line != c.line || p.Key != c.key || !strings.Contains(p.Text, c.text) || p.Text == "" {
				t.Errorf("it is told %q (line %d, key %q); want line %d, key %q and %q", p, p.Line, p.Key, c.line, c.key, c.text)
			}
			t.Log(p)
		})
	}
	if len(bad) < 30 {
		t.Errorf("there are %d", len(bad))
	}
}

// All problems are told at once, in the order of the file.
func TestEveryProblemIsTold(t *testing.T) {
	_, problems := settings.Parse([]byte("[access]\nmax-clients = 0\nconsole = \"on\"\n\n[box]\nname = \"Lab 2\"\n"))
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
	}
	if len(lines) != 3 || lines[0] != 2 || lines[1] != 3 || lines[2] != 6 {
		t.Errorf("the problems are %v", problems)
	}
}
