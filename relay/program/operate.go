package program

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"rawtcpcom/relay/api"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/link"
	"rawtcpcom/relay/notice"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/stall"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/version"
	"rawtcpcom/relay/webguard"
	"rawtcpcom/relay/wire"
)

// firstBytes is how long a client has to speak before it is greeted. A browser
// does so in a millisecond.
const firstBytes = 50 * time.Millisecond

// operate joins the parts and runs each in a goroutine of its own until the
// context ends or one of them cannot go on. stale is whether the robot was left with
// commands that it may not have heard, before and after.
func operate(ctx context.Context, o options, ids *clientIDs, open doors, wasStale bool, log *slog.Logger) (stale bool, err error) {
	notices := &notice.File{Path: o.notice, Log: log}
	door := &tcp.Door{Log: log}
	h := hub.New(hub.Config{
		Pool:         ids.pool,
		Dialect:      o.backend.Dialect,
		Rules:        wire.Rules{AllowDangerousMeta: o.allowDangerousMeta, CheckKnown: o.checkCommands == "known"},
		Backend:      o.backend.new,
		Place:        place.Here(),
		Others:       o.otherDialects(),
		OnDisconnect: o.onDisconnect, AfterSilence: o.afterSilence, Stale: wasStale, PassHalted: o.whileHalted == passHalted, Exclusive: o.exclusive, HandshakeTimeout: o.handshakeTimeout,
		Base: func() state.State {
			return state.State{
				Version: version.Version, Revision: version.Revision, Built: version.Built, Started: o.started,
				Notices: append(notices.Notices(), ids.notices...), TurnedAway: door.TurnedAway(),
				OnDisconnect: string(o.onDisconnect),
			}
		},
		Log: log,
	}, o.router, o.realm)
	door.Metrics, door.Changed, door.LastWord = h.Metrics, h.Changed, h.LastWord
	router := &link.Link{Hub: h, Log: log, Session: session.Config{
		Dialer: session.Dialer{URL: o.router, TLS: o.tls}, Realm: o.realm, Auth: o.auth, Log: log,
	}}
	server := &tcp.Server{
		Handler: h, Terminator: o.terminator, MaxMessage: o.maxMessage, IdleTimeout: o.idleTimeout, Log: log,
		FirstBytes: firstBytes, PagePort: o.pagePort, Door: door,
		Admit: &tcp.Admission{Allow: o.allow, InAll: o.maxConnections, PerAddress: o.maxPerAddress},
	}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { h.Run(ctx); return nil })
	group.Go(func() error { notices.Follow(ctx, h.Changed); return nil })
	// The clients outlast the session, so that each is told what became of its
	// last messages.
	clientsCtx, closeClients := context.WithCancelCause(context.WithoutCancel(ctx))
	group.Go(func() error {
		defer func() { closeClients(context.Cause(ctx)) }()
		if o.router == "" { // no robot is set
			<-ctx.Done()
			return nil
		}
		router.Run(ctx)
		return nil
	})
	group.Go(func() error { return server.Serve(clientsCtx, open.clients) })
	group.Go(func() error { stall.Detect(ctx, h.TakeTurn, stalled); return nil })
	if open.stateAPI != nil {
		group.Go(func() error {
			return (&api.Server{Hub: h, Guard: webguard.Guard{Allow: o.allow, Names: o.names, Program: "relay"}, Log: log}).Serve(ctx, open.stateAPI)
		})
	}
	err = group.Wait()
	log.Info("relay stops")
	return h.Stale(), err
}
