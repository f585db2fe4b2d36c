package interop

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"rawtcpcom/relay/testlog"
)

// crossbar is a crossbar.io node. It has one realm, the robot's, and several
// doors to it.
type crossbar struct {
	*process
	name  string
	dir   string
	ready string // what the last line of its start holds
	Open  int    // port for anybody, as on the robot
	Plain int    // port for anybody, where the router does not tell who is there
	// Ports for who knows the secret: by ticket, by wampcra, by ticket over TLS.
	Ticket, CRA, TLS int
	Secret           string
	Cert, Key        string // files
}

type object = map[string]any

// config is crossbar.io's node configuration. JSON alone is spoken at every
// door, as on the robot.
func (c *crossbar) config() object {
	may := func(uri string, yes bool) object {
		return object{"uri": uri, "match": "prefix", "allow": object{"call": yes, "register": yes, "publish": yes, "subscribe": yes}}
	}
	anybody := func(role string) object { return object{"anonymous": object{"type": "static", "role": role}} }
	ticket := object{"ticket": object{"type": "static", "principals": object{"relay": object{"ticket": c.Secret, "role": "everything"}}}}
	cra := object{"wampcra": object{"type": "static", "users": object{"relay": object{"secret": c.Secret, "role": "everything"}}}}
	door := func(port int, auth object) object {
		return object{
			"type":     "web",
			"endpoint": object{"type": "tcp", "interface": "127.0.0.1", "port": port},
			"paths": object{
				"/":  object{"type": "static", "directory": c.web()},
				"ws": object{"type": "websocket", "serializers": []string{"json"}, "auth": auth},
			},
		}
	}
	tls := door(c.TLS, ticket)
	tls["endpoint"].(object)["tls"] = object{"certificate": c.Cert, "key": c.Key}
	return object{"version": 2, "workers": []object{{
		"type": "router",
		"realms": []object{{"name": "ot_realm", "roles": []object{
			{"name": "everything", "permissions": []object{may("", true)}},
			{"name": "opentrons", "permissions": []object{may("com.opentrons.", true), may("wamp.", false)}},
		}}},
		"transports": []object{
			door(c.Open, anybody("everything")), door(c.Plain, anybody("opentrons")),
			door(c.Ticket, ticket), door(c.CRA, cra), tls,
		},
	}}}
}

// newCrossbar starts a node of the release in that folder of the cache; it
// keeps its configuration in dir.
func newCrossbar(dir, release, ready string) (*crossbar, error) {
	c := &crossbar{name: release, dir: filepath.Join(dir, release), ready: ready, Secret: "7887-is-the-port"}
	err := errors.Join(os.MkdirAll(c.web(), 0o700), freePorts(&c.Open, &c.Plain, &c.Ticket, &c.CRA, &c.TLS))
	if err != nil {
		return nil, err
	}
	c.Cert, c.Key = filepath.Join(c.dir, "server.crt"), filepath.Join(c.dir, "server.key")
	if err := writeCertificates(c.Cert, c.Key, c.ca()); err != nil {
		return nil, err
	}
	config, err := json.Marshal(c.config())
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(c.dir, "config.json"), config, 0o600); err != nil {
		return nil, err
	}
	return c, c.start()
}

// start returns when the node lets clients in.
func (c *crossbar) start() error {
	started, err := spawn(c.dir, tool(c.name, "bin", "crossbar"), "start", "--cbdir", c.dir, "--logformat", "none")
	if err != nil {
		return err
	}
	c.process = started
	if _, _, err := await(&c.out, 0, testlog.Containing(c.ready)); err != nil {
		c.kill()
		return fmt.Errorf("starting %s: %w\n%s", c.name, err, c.err.Tail())
	}
	return nil
}

func (c *crossbar) url(port int) string { return fmt.Sprintf("ws://127.0.0.1:%d/ws", port) }

// web is an empty folder: the router on the robot serves its pages beside /ws.
func (c *crossbar) web() string { return filepath.Join(c.dir, "web") }

// ca is the file with the certificate to trust.
func (c *crossbar) ca() string { return filepath.Join(c.dir, "ca.crt") }

// freePorts finds ports that nobody listens on.
func freePorts(ports ...*int) error {
	for _, port := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close() // after all have been found
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return nil
}
