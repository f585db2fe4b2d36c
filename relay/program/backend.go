package program

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"rawtcpcom/relay/driver"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/otone"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/wire"
)

// backend is one that -backend can name.
type backend struct {
	wire.Dialect
	new      func(hub.Desk) hub.Backend
	simulate func(context.Context, simulator.RobotConfig) (closer, error)
	examples string // lines to type
}

type closer interface{ Close() }

// backends are all there are, the default first.
var backends = []backend{
	{wire.DriverDialect, driver.New, start(simulator.StartDriver), driverExamples},
	{wire.OToneDialect, otone.New, start(simulator.StartOTone), otoneExamples},
}

const driverExamples = `    {"topic":"driver","type":"command","name":"smoothie","message":"home","param":{"X":"true","Y":"true"}}
    {"topic":"driver","type":"command","name":"smoothie","message":"move_to","param":{"X":100,"Y":50}}
    {"topic":"driver","type":"command","name":"smoothie","message":"positions","param":null}
`

const otoneExamples = `    {"type":"home","data":{"x":true,"y":true}}
    {"type":"move","data":{"x":100,"y":50}}
    {"type":"eraseJob"}
`

// start makes starting one simulated robot look like starting any.
func start[R closer](robot func(context.Context, simulator.RobotConfig) (R, error)) func(context.Context, simulator.RobotConfig) (closer, error) {
	return func(ctx context.Context, cfg simulator.RobotConfig) (closer, error) { return robot(ctx, cfg) }
}

// startRobot starts the robot of -simulate.
func (o *options) startRobot(ctx context.Context, url string, log *slog.Logger) (closer, error) {
	return o.backend.simulate(ctx, simulator.RobotConfig{URL: url, Realm: o.realm, Logger: log, RecordLimit: -1})
}

// otherDialects are those that the relay is not set to.
func (o *options) otherDialects() (others []wire.Dialect) {
	for _, b := range backends {
		if b.Name != o.backend.Name {
			others = append(others, b.Dialect)
		}
	}
	return others
}

// backendNames are all of them.
func backendNames() string {
	var names []string
	for _, b := range backends {
		names = append(names, b.Name)
	}
	return strings.Join(names, " or ")
}

// backendRouters say where the router of each is when it is on this machine.
func backendRouters() string {
	text := backends[0].Router
	for _, b := range backends[1:] {
		text += ", with -backend " + b.Name + " " + b.Router
	}
	return text
}

// setBackend finds the one with that name, and its router.
func (o *options) setBackend(name string, routerGiven bool) error {
	i := slices.IndexFunc(backends, func(b backend) bool { return b.Name == name })
	if i < 0 {
		return fmt.Errorf("-backend %q is not %s", name, backendNames())
	}
	o.backend = backends[i]
	if o.allowDangerousMeta && name != wire.DriverDialect.Name {
		return fmt.Errorf("-allow-dangerous-meta is about the driver's meta commands, which -backend %s does not have; leave it out", name)
	}
	if !routerGiven && o.settings == "" {
		o.router = o.backend.Router
	}
	return nil
}
