package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"github.com/beevik/ntp"
)

// answerTime bounds what one server may take, the look-up of its name included.
const answerTime = 5 * time.Second

// ask asks a server by how much this clock is behind it.
func ask(ctx context.Context, address string, now func() time.Time) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	var hangUp func() bool
	answer, err := ntp.QueryWithOptions(address, ntp.QueryOptions{
		Timeout: answerTime, GetSystemTime: now,
		Dialer: func(_, remote string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, "udp", remote)
			if err == nil {
				hangUp = context.AfterFunc(ctx, func() { conn.Close() })
			}
			return conn, err
		},
	})
	if hangUp != nil {
		hangUp()
	}
	if err == nil {
		err = answer.Validate()
	}
	if err != nil {
		return 0, fmt.Errorf("asking %s for the time: %w", address, err)
	}
	return answer.ClockOffset, nil
}

// why is an error of ask in the words of a person who looks at the page.
func why(err error) string {
	var name *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &name):
		return "its name is not known here"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "no time server runs there"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "no way there"
	case errors.Is(err, net.ErrClosed), errors.As(err, &network) && network.Timeout():
		return "no answer"
	}
	return errors.Unwrap(err).Error()
}
