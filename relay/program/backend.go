package program

import (
	"context"
	"log/slog"

	"rawtcpcom/relay/driver"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/otone"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/wire"
)

// newBackend is the robot's software of -backend, as the hub sees it.
func (o *options) newBackend() func(hub.Desk) hub.Backend {
	if o.backend == backendOTone {
		return otone.New
	}
	return driver.New(wire.Rules{AllowDangerousMeta: o.allowDangerousMeta})
}

// startRobot starts its simulation.
func (o *options) startRobot(ctx context.Context, url string, log *slog.Logger) (robot interface{ Close() }, err error) {
	cfg := simulator.RobotConfig{URL: url, Realm: o.realm, Logger: log, RecordLimit: -1}
	if o.backend == backendOTone {
		return simulator.StartOTone(ctx, cfg)
	}
	return simulator.StartDriver(ctx, cfg)
}

// examples are lines to type, one set for each backend.
var examples = map[string]string{
	backendDriver: `    {"topic":"driver","type":"command","name":"smoothie","message":"home","param":{"X":"true","Y":"true"}}
    {"topic":"driver","type":"command","name":"smoothie","message":"move_to","param":{"X":100,"Y":50}}
    {"topic":"driver","type":"command","name":"smoothie","message":"positions","param":null}
`,
	backendOTone: `    {"type":"home","data":{"x":true,"y":true}}
    {"type":"move","data":{"x":100,"y":50}}
    {"type":"eraseJob"}
`,
}
