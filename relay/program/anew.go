package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/ending"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/version"
)

// When settings change that concern the relay, all of its parts end as they do at
// a stop, and start anew with the others: the robot is told what -on-disconnect
// says, what clients had waiting is refused, each is told why and closed. So
// nothing that was meant for one robot can be sent to another: hub, session and
// queues of before are gone before the next robot is dialled. What stays is where
// the relay listens, and the pool of ids with its rests, since the robot may be
// the same one at another address.

// serve builds the relay from its parts and runs it until the context ends.
func serve(ctx context.Context, o options, stdout io.Writer, log *slog.Logger) error {
	o.started = time.Now()
	o.stale = map[robot]bool{}
	ids, err := openIDs(o.data, o.maxClients, log)
	if err != nil {
		return err
	}
	defer func() { ids.close() }()
	open, err := openDoors(ctx, o)
	if err != nil {
		return err
	}
	defer open.close()
	if err := checkDescriptors(o); err != nil {
		return err
	}
	for {
		next, err := serveOnce(ctx, o, ids, open, stdout, log)
		if err != nil || next == nil || ctx.Err() != nil {
			return err
		}
		next.stale = o.stale
		o = *next
		ids.close()
		ids = &clientIDs{} // is closed again where no other can be had
		reopened, err := openIDs(o.data, o.maxClients, log)
		if err != nil {
			return err
		}
		ids = reopened
	}
}

// serveOnce runs the relay until the context ends, or until other settings are in
// force: then it returns the options for these.
func serveOnce(ctx context.Context, o options, ids *clientIDs, open doors, stdout io.Writer, log *slog.Logger) (next *options, err error) {
	if o.ownProcess {
		o.limitMemory()
	}
	running := o
	if o.simulate {
		stop, url, err := simulate(ctx, o, log)
		if err != nil {
			return nil, err
		}
		defer stop()
		running.router = url
	}
	log.Info("relay starts", "version", version.Version, "revision", version.Revision, "built", version.Built,
		"listen", open.clients.Addr().String(), "http", address(open.stateAPI), "router", running.router, "realm", o.realm, "data", o.data)
	if o.simulate {
		fmt.Fprintf(stdout, welcome, running.router, port(open.clients.Addr()), o.backend.examples, health.Leaving(string(o.onDisconnect)))
	}
	if o.settings == "" {
		_, err := operate(ctx, running, ids, open, false, log)
		return nil, err
	}
	ctx, end := context.WithCancelCause(ctx)
	var following sync.WaitGroup
	following.Go(func() {
		o.store(log).Follow(ctx, o.values, func(values settings.Values) {
			if changed := o.changed(values, log); changed != nil {
				next = changed
				end(ending.Because(whyAnew(differ(o.values, changed.values))))
			}
		})
	})
	stale, err := operate(ctx, running, ids, open.lend(), o.stale[o.robot()], log)
	end(errors.New("its parts have ended"))
	following.Wait()
	if stale {
		o.stale[o.robot()] = true
	} else {
		delete(o.stale, o.robot())
	}
	return next, err
}

// robot is which one settings lead to. One that has only got another address counts
// as another: it is not to be told what is another's.
type robot struct{ router, realm, software string }

func (o options) robot() robot { return robot{o.router, o.realm, o.backend.Name} }

// changed are the options with other settings; nil where the relay has nothing to
// start anew for, or could not.
func (o options) changed(values settings.Values, log *slog.Logger) *options {
	if o.beginning() {
		values = o.first
	}
	if len(differ(o.values, values)) == 0 {
		return nil
	}
	next, err := o.with(values)
	if err != nil {
		log.Error("the settings do not go with the flags of the relay; those before stay in force", "file", o.settings, "error", err)
		return nil
	}
	log.Warn("the settings have changed; the relay starts anew", "settings", differ(o.values, values))
	return &next
}
