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
	if err := o.trust(scheme); err != nil {
		return err
	}
	return o.identify()
}

// trust reads the certificates, from the flag's file or from the settings.
func (o *options) trust(scheme string) error {
	given := o.values.Get(caKey)
	switch {
	case o.routerCA != "" && scheme != "wss":
		return errors.New("-router-ca is for a router at wss://")
	case o.routerCA == "" && given == "":
		return nil
	case o.routerCA == "" && scheme != "wss":
		return errors.New("the setting " + caKey + " is for a router at wss://")
	}
	pem, from := []byte(given), "the setting "+caKey
	if o.routerCA != "" {
		from = "-router-ca " + o.routerCA
		var err error
		if pem, err = os.ReadFile(o.routerCA); err != nil {
			return fmt.Errorf("reading -router-ca: %w", err)
		}
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return errors.New(from + " holds no PEM certificate")
	}
	o.tls = &tls.Config{RootCAs: roots}
	return nil
}

// identify reads the secret, from the flag's file or from the settings.
func (o *options) identify() error {
	given := o.values.Get(secretKey)
	switch {
	case given != "" && o.authSecret == "" && o.authID == "":
		return errors.New("the setting " + secretKey + " goes with robot.auth-id")
	case (o.authID == "") != (o.authSecret == "" && given == ""):
		return errors.New("-auth-id and -auth-secret-file go together")
	case o.ticketInClear && o.authID == "":
		return errors.New("-auth-ticket-in-clear is about the secret of -auth-secret-file; give that and -auth-id, or leave it out")
	case o.authID == "":
		return nil
	}
	secret := []byte(given)
	if o.authSecret != "" {
		var err error
		if secret, err = os.ReadFile(o.authSecret); err != nil {
			return fmt.Errorf("reading -auth-secret-file: %w", err)
		}
		secret = bytes.TrimRight(secret, "\r\n") // an editor puts one there
		if len(secret) == 0 {
			return fmt.Errorf("-auth-secret-file %s is empty", o.authSecret)
		}
	}
	o.auth = &session.Auth{ID: o.authID, Secret: string(secret), TicketInClear: o.ticketInClear}
	return nil
}
