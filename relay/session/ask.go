package session

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/gammazero/nexus/v3/wamp"
)

// asker is who waits for the answers to some questions, until its context
// ends. Then the questions are forgotten, sent or not, and an answer that comes
// late is left aside.
type asker struct {
	s       *Session
	ctx     context.Context
	answers chan answer
	open    []string // what is not answered yet
}

type answer struct {
	doing string
	err   error
}

func (s *Session) asker(ctx context.Context, questions int) *asker {
	return &asker{s: s, ctx: ctx, answers: make(chan answer, questions)}
}

// ask puts a question. take hears the answer, on the reader.
func (a *asker) ask(doing string, message func(id wamp.ID) wamp.Message, take func(wamp.Message)) {
	a.open = append(a.open, doing)
	err := a.s.enqueue(request{ctx: a.ctx, asker: a, message: message, settle: func(m wamp.Message, err error) {
		if err == nil {
			take(m)
		}
		a.answers <- answer{doing, err}
	}}, true)
	if err != nil {
		a.answers <- answer{doing, err}
	}
}

// wait waits for all the answers and returns the first refusal.
func (a *asker) wait() error {
	defer a.forget()
	a.s.Flush(false)
	var refused error
	for len(a.open) > 0 {
		var got answer
		select {
		case got = <-a.answers:
			i := slices.Index(a.open, got.doing)
			a.open = slices.Delete(a.open, i, i+1)
		case <-a.ctx.Done():
			return cmp.Or(refused, fmt.Errorf("%s: %w", a.open[0], a.ctx.Err()))
		}
		if refused == nil && got.err != nil {
			refused = fmt.Errorf("%s: %w", got.doing, got.err)
		}
	}
	return refused
}

func (a *asker) forget() {
	if len(a.open) == 0 {
		return
	}
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	asked := func(r request) bool { return r.asker == a }
	a.s.urgent = slices.DeleteFunc(a.s.urgent, asked)
	maps.DeleteFunc(a.s.inflight, func(_ uint64, r request) bool { return asked(r) })
}

// Subscribe subscribes to all topics, exactly, and waits until the router has
// answered for each.
func (s *Session) Subscribe(ctx context.Context, topics ...string) error {
	a := s.asker(ctx, len(topics))
	for _, topic := range topics {
		a.ask("subscribing to "+topic, func(id wamp.ID) wamp.Message {
			return &wamp.Subscribe{Request: id, Options: wamp.Dict{}, Topic: wamp.URI(topic)}
		}, func(m wamp.Message) {
			if confirmed, ok := m.(*wamp.Subscribed); ok {
				s.subs[uint64(confirmed.Subscription)] = topic
			}
		})
	}
	return a.wait()
}

// Overhear subscribes to topics that others are subscribed to exactly, and waits
// until the router has answered for each. It does so by prefix: whoever asks the
// router who is subscribed to a topic asks for exact subscriptions, and is not to
// find a mere listener.
func (s *Session) Overhear(ctx context.Context, topics ...string) error {
	a := s.asker(ctx, len(topics))
	for _, topic := range topics {
		a.ask("listening to "+topic, func(id wamp.ID) wamp.Message {
			return &wamp.Subscribe{Request: id, Options: wamp.Dict{wamp.OptMatch: wamp.MatchPrefix}, Topic: wamp.URI(topic)}
		}, func(m wamp.Message) {
			if confirmed, ok := m.(*wamp.Subscribed); ok {
				s.overheard[uint64(confirmed.Subscription)] = topic
			}
		})
	}
	return a.wait()
}

// Call calls a procedure of the router and returns the arguments of its result.
func (s *Session) Call(ctx context.Context, procedure string, args ...any) (wamp.List, error) {
	result := make(chan wamp.List, 1)
	a := s.asker(ctx, 1)
	a.ask("calling "+procedure, func(id wamp.ID) wamp.Message {
		return &wamp.Call{Request: id, Options: wamp.Dict{}, Procedure: wamp.URI(procedure), Arguments: args}
	}, func(m wamp.Message) {
		if r, ok := m.(*wamp.Result); ok {
			result <- r.Arguments
		}
	})
	if err := a.wait(); err != nil {
		return nil, err
	}
	select {
	case arguments := <-result:
		return arguments, nil
	default:
		return nil, fmt.Errorf("calling %s: the router answered with no result", procedure)
	}
}
