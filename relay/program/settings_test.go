package program

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

// Each setting of the relay is a flag with the same default, and each of its
// choices is one that the relay takes. The backends are the robot's software.
func TestSettingsAreFlags(t *testing.T) {
	o, fs, err := readOptions([]string{"-settings", "/perm/settings/settings.toml"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.args = []string{"-settings", "/perm/settings/settings.toml"}
	for _, s := range settings.All() {
		for _, f := range s.Flags {
			if f.Program != settings.Relay {
				continue
			}
			if is := fs.Lookup(f.Name); is == nil || is.DefValue != s.Default {
				t.Errorf("the flag of %s is %+v, and its default %q", s.Key, is, s.Default)
			}
			for _, choice := range s.Choices {
				if _, err := o.with(settings.Values{s.Key: choice}); err != nil {
					t.Errorf("%s = %s: %v", s.Key, choice, err)
				}
			}
		}
	}
	s, _ := settings.Lookup("robot.software")
	if names := strings.Split(backendNames(), " or "); !slices.Equal(names, s.Choices) {
		t.Errorf("the backends are %q and the choices of %s %q", names, s.Key, s.Choices)
	}
}

func aCertificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// Certificates and secret are taken from the settings as they are, where no flag
// names a file; the errors name the settings.
func TestSecretsOfSettings(t *testing.T) {
	base := options{args: []string{"-settings", "/perm/settings/settings.toml"}}
	ca := aCertificate(t)
	whole := settings.Values{"robot.address": "wss://robot/ws", "robot.ca": ca, "robot.auth-id": "box", "robot.auth-secret": "s3cret"}
	if problems := whole.Check(); problems != nil {
		t.Fatal(problems)
	}
	o, err := base.with(whole)
	if err != nil || o.tls == nil || o.auth == nil || o.auth.ID != "box" || o.auth.Secret != "s3cret" {
		t.Errorf("%+v, %+v, %v", o.tls, o.auth, err)
	}
	for _, c := range []struct {
		args   []string
		values settings.Values
		says   string
	}{
		{[]string{"-router", "ws://robot/ws"}, whole, "robot.ca"},
		{nil, settings.Values{"robot.auth-secret": "x"}, "robot.auth-secret goes with robot.auth-id"},
		{nil, settings.Values{"robot.address": "wss://robot/ws", "robot.ca": "x"}, "robot.ca holds no PEM certificate"},
	} {
		with := base
		with.args = append(slices.Clone(base.args), c.args...)
		if _, err := with.with(c.values); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q with %v: %v, without %q", c.args, c.values, err, c.says)
		}
	}
	changed := whole.Clone()
	changed["robot.auth-secret"] = "another"
	if got := differ(whole, changed); !slices.Equal(got, []string{secretKey}) {
		t.Errorf("what differs is %q", got)
	}
}

// With -simulate the settings' router is left alone, as the command line wins.
func TestSimulationWinsOverSettings(t *testing.T) {
	o := options{args: []string{"-settings", "/perm/settings/settings.toml", "-simulate"}, simulate: true}
	if _, err := o.with(settings.Values{"robot.address": "ws://robot:8080/ws"}); err != nil {
		t.Error(err)
	}
}
