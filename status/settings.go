package main

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/search"
	"rawtcpcom/status/setup"
)

// follow runs the parts as the settings have it, and starts them anew where a
// change of the settings asks for it. The page's address stays open meanwhile, so
// open pages find it again by themselves; logins and messages are kept.
//
// Settings that cannot be used leave the flags of the command line: a program that
// ended for them would take the page away, where they can be mended.
func (k *kept) follow(ctx context.Context, ln net.Listener, args []string, plain options, log *slog.Logger) error {
	store := settings.File(plain.settings)
	store.Log = log
	k.setup = setup.New(setup.Config{
		Store: store, Uptime: k.uptime, Networks: plain.networks,
		Report: report.Path, Confirm: report.Confirmed, Log: log,
	})
	for {
		now, problems, err := store.Load()
		opts, wrong := plain.with(now, args)
		k.wrong = sentences(problems, err, wrong)
		for _, text := range k.wrong {
			log.Error(text)
		}
		round, end := context.WithCancel(ctx)
		var following sync.WaitGroup
		following.Go(func() {
			store.Follow(round, now, func(next settings.Values) {
				if !slices.Equal(next.Args(settings.Status), now.Args(settings.Status)) || len(k.wrong) > 0 {
					log.Info("the settings have changed, the page starts anew")
					end()
				}
			})
		})
		err = k.run(round, lend(ln), opts, log)
		changed := round.Err() != nil && ctx.Err() == nil
		end()
		following.Wait()
		if err != nil || !changed {
			return err
		}
	}
}

// with is the options where the settings stand beneath the command line.
func (o options) with(now settings.Values, args []string) (options, error) {
	set, err := parseFlags(append(now.Args(settings.Status), args...), nil)
	if err != nil {
		return o, err
	}
	return set, nil
}

// sentences are for people, of what is wrong with the settings.
func sentences(problems []settings.Problem, errs ...error) (texts []string) {
	if len(problems) > 0 {
		texts = append(texts, "The file of the settings has an error. What is wrong in it is as it was before, or not set, and where it is about the robot, there is none; set it again on this page: "+problems[0].String())
	}
	for _, err := range errs {
		if err != nil {
			texts = append(texts, "The settings cannot be used: "+err.Error())
		}
	}
	return texts
}

// networks are those to look for a robot in.
func (o options) networks() ([]netip.Prefix, []netip.Addr) {
	if len(o.search) > 0 {
		return o.search, nil
	}
	return search.Networks()
}

// lent is a listener that stays open when who has it closes it: then it only ends
// that one's Accept.
type lent struct{ *net.TCPListener }

func lend(ln net.Listener) net.Listener {
	tcp := ln.(*net.TCPListener) // by net.Listen("tcp", ...)
	_ = tcp.SetDeadline(time.Time{})
	return lent{tcp}
}

// Close is net.Listener's.
func (l lent) Close() error { return l.SetDeadline(time.Unix(1, 0)) }
