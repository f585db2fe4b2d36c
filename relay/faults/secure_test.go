package faults_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/router/auth"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // its certificate, in PEM
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: newKey(t), file: filepath.Join(t.TempDir(), "ca.pem")}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a lab's authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(a.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certificate is one for 127.0.0.1 or another host, valid until then.
func (a *authority) certificate(t *testing.T, host string, until time.Time) tls.Certificate {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "router"},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// secured is a nexus router that takes anonymous sessions (the robot's) over
// plain WebSocket, and those with a secret over either.
type secured struct {
	plain, tls *httptest.Server
	robot      *simulator.Driver
}

func newSecured(t *testing.T, cert *tls.Certificate, methods ...auth.Authenticator) *secured {
	t.Helper()
	nexus, err := router.NewRouter(&router.Config{RealmConfigs: []*router.RealmConfig{{
		URI: simulator.DefaultRealm, AnonymousAuth: true, Authenticators: methods,
	}}}, log.New(io.Discard, "", 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nexus.Close)
	handler := router.NewWebsocketServer(nexus)
	handler.OutQueueSize = 10_000
	s := &secured{plain: httptest.NewServer(handler)}
	t.Cleanup(s.plain.Close)
	if cert != nil {
		s.tls = httptest.NewUnstartedServer(handler)
		s.tls.TLS = &tls.Config{Certificates: []tls.Certificate{*cert}}
		s.tls.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.tls.StartTLS()
		t.Cleanup(s.tls.Close)
	}
	s.robot, err = simulator.StartDriver(Deadline(t), simulator.RobotConfig{URL: s.ws(), Instant: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.robot.Close)
	return s
}

func (s *secured) ws() string  { return "ws" + strings.TrimPrefix(s.plain.URL, "http") + "/ws" }
func (s *secured) wss() string { return "wss" + strings.TrimPrefix(s.tls.URL, "https") + "/ws" }

func TestRouterOverTLS(t *testing.T) {
	t.Parallel()
	trusted := newAuthority(t)
	cert := trusted.certificate(t, "127.0.0.1", time.Now().Add(time.Hour))
	s := newSecured(t, &cert)
	relay := Start(t, "-router", s.wss(), "-router-ca", trusted.file, "-data", t.TempDir())
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Home()
	c.Fence()
}

func TestRouterWithABadCertificate(t *testing.T) {
	trusted, other := newAuthority(t), newAuthority(t)
	later := time.Now().Add(time.Hour)
	for name, c := range map[string]struct {
		cert tls.Certificate
		says []string
	}{
		"of another authority": {other.certificate(t, "127.0.0.1", later), []string{"unknown authority", "-router-ca"}},
		"expired":              {trusted.certificate(t, "127.0.0.1", time.Now().Add(-time.Hour)), []string{"expired", "renew the router's certificate"}},
		"for another host":     {trusted.certificate(t, "elsewhere.example", later), []string{"127.0.0.1", "a name or address that its certificate holds"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSecured(t, &c.cert)
			refused(t, Start(t, "-router", s.wss(), "-router-ca", trusted.file, "-data", t.TempDir()), c.says)
		})
	}
	t.Run("no TLS there", func(t *testing.T) {
		t.Parallel()
		s := newSecured(t, nil)
		refused(t, Start(t, "-router", "ws"+"s"+strings.TrimPrefix(s.ws(), "ws"), "-data", t.TempDir()), []string{"try ws:// instead of wss://"})
	})
}

func refused(t *testing.T, relay *Relay, says []string) {
	t.Helper()
	s := relay.WaitState("an error", func(s state.State) bool { return s.Router.State == state.RouterDown })
	for _, text := range says {
		if !strings.Contains(s.Router.Error, text) {
			t.Errorf("the state says %q, not %q", s.Router.Error, text)
		}
	}
}

func TestRouterWithASecret(t *testing.T) {
	for name, method := range methods() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSecured(t, nil, method)
			relay := Start(t, "-router", s.ws(), "-auth-id", "relay", "-auth-secret-file", secretFile(t, "sesame\n"), "-data", t.TempDir())
			relay.WaitRobot("present")
			relay.Connect().Home()
			if strings.Contains(relay.Log.String(), "sesame") {
				t.Error("the secret is in the log")
			}
		})
	}
}

// A secret that the router does not take is said at once and in words that name
// the flags, and tried again slowly: some routers lock out who insists.
func TestWrongSecretIsSaidAndRetriedSlowly(t *testing.T) {
	for name, method := range methods() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSecured(t, nil, method)
			relay := Start(t, "-router", s.ws(), "-auth-id", "relay", "-auth-secret-file", secretFile(t, "wrong"), "-data", t.TempDir())
			refused(t, relay, []string{"authentication failed", "check -auth-id and -auth-secret-file"})
			relay.Log.WaitFor(t, "retry_in=")
			wait, err := time.ParseDuration(regexp.MustCompile(`retry_in=(\S+)`).FindStringSubmatch(relay.Log.String())[1])
			if err != nil || wait < 15*time.Second {
				t.Errorf("tried again after %v, %v", wait, err)
			}
			c := relay.Dial()
			c.Start()
			c.Send(Command("home", "null"))
			if e := c.ExpectError("router_down"); !strings.Contains(e.Text, "-auth-secret-file") || strings.Contains(e.Text, "wrong") {
				t.Errorf("the client is told %q", e.Text)
			}
		})
	}
}

// A router on another machine, at ws://, that authenticates by ticket is not
// shown the secret: anyone could stand in for it.
func TestTicketIsNotShownInClear(t *testing.T) {
	t.Parallel()
	s := newSecured(t, nil, methods()["ticket"])
	proxy := newWire(t).proxy(New(t))
	proxy.Target(s.plain.Listener.Addr().String())
	args := []string{"-router", proxy.URL(), "-auth-id", "relay", "-auth-secret-file", secretFile(t, "sesame"), "-data"}
	relay := Start(t, append(args, t.TempDir())...)
	refused(t, relay, []string{"authentication failed", "wss://", "wampcra", "-auth-ticket-in-clear"})
	relay.Log.WaitFor(t, "retry_in=")
	told := Start(t, append(args, t.TempDir(), "-auth-ticket-in-clear")...)
	told.WaitRobot("present")
	told.Connect().Home()
}

func methods() map[string]auth.Authenticator {
	keys := keyStore{"relay": "sesame"}
	return map[string]auth.Authenticator{
		"ticket":  auth.NewTicketAuthenticator(keys, time.Second),
		"wampcra": auth.NewCRAuthenticator(keys, time.Second),
	}
}

func secretFile(t *testing.T, secret string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// keyStore holds the secrets of a nexus router.
type keyStore map[string]string

func (k keyStore) AuthKey(id, _ string) ([]byte, error) {
	if secret, ok := k[id]; ok {
		return []byte(secret), nil
	}
	return nil, errors.New("no such user")
}

func (keyStore) PasswordInfo(string) (salt string, keylen, iterations int) { return "", 0, 0 }
func (keyStore) Provider() string                                          { return "test" }
func (keyStore) AuthRole(string) (string, error)                           { return "relay", nil }
