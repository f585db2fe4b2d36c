package program

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"rawtcpcom/relay/session"
)

// secure reads what a secured router needs: the certificates to trust and the
// secret to show.
func (o *options) secure(scheme string) error {
	if o.routerCA != "" {
		if scheme != "wss" {
			return errors.New("-router-ca is for a router at wss://")
		}
		pem, err := os.ReadFile(o.routerCA)
		if err != nil {
			return fmt.Errorf("reading -router-ca: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return fmt.Errorf("-router-ca %s holds no PEM certificate", o.routerCA)
		}
		o.tls = &tls.Config{RootCAs: roots}
	}
	if (o.authID == "") != (o.authSecret == "") {
		return errors.New("-auth-id and -auth-secret-file go together")
	}
	if o.ticketInClear && o.authID == "" {
		return errors.New("-auth-ticket-in-clear is about the secret of -auth-secret-file; give that and -auth-id, or leave it out")
	}
	if o.authID != "" {
		secret, err := os.ReadFile(o.authSecret)
		if err != nil {
			return fmt.Errorf("reading -auth-secret-file: %w", err)
		}
		secret = bytes.TrimRight(secret, "\r\n") // an editor puts one there
		if len(secret) == 0 {
			return fmt.Errorf("-auth-secret-file %s is empty", o.authSecret)
		}
		o.auth = &session.Auth{ID: o.authID, Secret: string(secret), TicketInClear: o.ticketInClear}
	}
	return nil
}
