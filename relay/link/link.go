// Package link keeps the session with the router up: it joins, subscribes,
// hands the session to the hub, and when it ends joins again, with back-off
// and jitter.
package link

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"rawtcpcom/relay/ending"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/panics"
	"rawtcpcom/relay/session"
)

// Link is the way to the router.
type Link struct {
	Hub     *hub.Hub
	Session session.Config // Event and Idle are set by Run
	Log     *slog.Logger
}

// Run keeps a session up until the context ends, and then leaves it.
func (l *Link) Run(ctx context.Context) {
	l.Session.Event, l.Session.Idle = l.Hub.Event, l.Hub.EventsIdle
	attempt := 0
	for ctx.Err() == nil {
		l.Hub.Dialling()
		began := time.Now()
		err := panics.Confine(l.Log, "holding the session with the router", func() error { return l.hold(ctx) })
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > stable {
			attempt = 0
		}
		wait := backOff(attempt, err)
		attempt++
		l.Log.Warn("no session with the router", "error", err, "retry_in", wait.Round(time.Millisecond).String())
		l.Hub.Lost(err)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// hold joins and holds one session until it ends. It returns why.
func (l *Link) hold(ctx context.Context) error {
	s, err := session.Join(ctx, l.Session)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := l.subscribe(ctx, s); err != nil {
		return err
	}
	l.Log.Info("joined the router", "url", l.Session.URL, "realm", l.Session.Realm)
	l.Hub.Joined(s)

	lookCtx, cancel := context.WithCancel(ctx)
	var looking sync.WaitGroup
	looked := make(chan error, 1)
	looking.Go(func() {
		looked <- panics.Confine(l.Log, "looking who is there", func() error { return l.Hub.Look(lookCtx, s) })
	})
	defer looking.Wait()
	defer cancel()
	select {
	case <-s.Done():
		err = s.Err()
	case err = <-looked:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if ctx.Err() != nil {
		why := ending.Why(ctx)
		l.Hub.Ending(why)
		l.Hub.Lost(errors.New(why))
	}
	return err
}

func (l *Link) subscribe(ctx context.Context, s *session.Session) error {
	ctx, cancel := context.WithTimeout(ctx, session.JoinTimeout)
	defer cancel()
	if err := s.Subscribe(ctx, l.Hub.RelayTopics()...); err != nil {
		if ended := s.Err(); ended != nil {
			err = ended // why it ended says more
		}
		return fmt.Errorf("the router at %s: %w", l.Session.URL, err)
	}
	err := s.Overhear(ctx, l.Hub.Overheard()...)
	l.Hub.SetOthersHeard(err == nil)
	if err != nil {
		l.Log.Info("the router does not let the relay hear what others send to the robot, so not when they halt it", "error", err)
	}
	if err := s.Subscribe(ctx, hub.PresenceTopics...); err != nil {
		l.Log.Info("the router does not tell who comes and goes; handshakes will", "error", err)
	}
	return s.Err()
}
