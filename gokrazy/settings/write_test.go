package settings_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

// odd are texts that a file could garble.
var odd = []string{
	`a "quote"`, `it's`, `'''`, `"""`, `back\slash`, `\u0041`, `# no comment`, `[no section]`, "“curly” and „low‟", "«angled»", "‘single’", "hard\u00a0space",
	"Käse", "実験室", "🤖", "\ufeffmark", "\u2028line", "soft\u00adhyphen", "$2a$10$no-hash", "=", `"`,
}

func certificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

// examples are values of each setting that pass for it.
func examples(t *testing.T, s settings.Setting) (values []string) {
	t.Helper()
	candidates := append([]string{s.Default, s.Example, "", "a-name", "correct horse", "GPIO5", "192.0.2.0/24, private", "true", "false", "1", "007", "192.168.1.9", "192.168.1.9/24", "192.0.2.1:514", "wss://192.0.2.20/ws"}, s.Choices...)
	candidates = append(candidates, odd...)
	ca := certificate(t)
	for _, text := range append([]string{"", "the lab's, '''big''' one\n", "“curly”\t\n"}, odd...) {
		candidates = append(candidates, text+"\n"+ca)
	}
	for _, c := range candidates {
		if s.Check(c) == nil {
			values = append(values, c)
		}
	}
	return values
}

// Each setting, with whatever value it takes, is read as it was written.
func TestRoundTrip(t *testing.T) {
	together := map[string]settings.Values{ // what a setting goes with
		"robot.auth-id":              {"robot.auth-secret": "secret"},
		"robot.auth-secret":          {"robot.auth-id": "box"},
		"robot.auth-ticket-in-clear": {"robot.auth-secret": "secret", "robot.auth-id": "box"},
		"robot.ca":                   {"robot.address": "wss://192.0.2.20/ws"},
		"network.mode":               {"network.address": "192.168.1.7/24"},
	}
	for _, s := range settings.All() {
		tried := 0
		for _, value := range examples(t, s) {
			v := settings.Values{s.Key: value}
			maps.Copy(v, together[s.Key])
			if len(v.Check()) > 0 {
				continue // goes not with the rest
			}
			tried++
			file := v.TOML(settings.WithSecrets)
			got, problems := settings.Parse(file)
			if len(problems) > 0 {
				t.Errorf("%s = %q is written as a file with problems: %v", s.Key, value, problems)
				continue
			}
			// A value may be written tidier than it was.
			again, problems := settings.Parse(got.TOML(settings.WithSecrets))
			if tidy(got[s.Key]) != tidy(value) || len(problems) > 0 || !again.Equal(got) {
				t.Errorf("%s = %q is read as %q, and then as %q, %v", s.Key, value, got[s.Key], again[s.Key], problems)
			}
		}
		if tried < 2 {
			t.Errorf("%s: only %d values were tried", s.Key, tried)
		}
	}
}

var spaces = regexp.MustCompile(`, +|^0+`)

func tidy(value string) string {
	return spaces.ReplaceAllStringFunc(strings.TrimSpace(value), func(s string) string { return strings.TrimRight(strings.TrimLeft(s, "0"), " ") })
}

func TestSecretsAreLeftOut(t *testing.T) {
	v := settings.Values{"robot.auth-id": "box", "robot.auth-secret": "sesame", "page.password": "correct horse"}
	export := string(v.TOML(settings.WithoutSecrets))
	lines := strings.Join(v.Lines(), "\n")
	for _, text := range []string{export, lines} {
		if strings.Contains(text, "sesame") || strings.Contains(text, "horse") {
			t.Errorf("a secret is in %s", text)
		}
	}
	if !strings.Contains(export, "(set, and not shown)") || lines != "robot.auth-id = \"box\"\nrobot.auth-secret = (set, and not shown)\npage.password = (set, and not shown)" {
		t.Errorf("written %s\nand %s", export, lines)
	}
	if got, problems := settings.Parse([]byte(export)); len(problems) > 0 && got["robot.auth-id"] != "" {
		t.Errorf("the export is read as %v, %v", got, problems)
	}
}

// The example has each setting with its explanation, and its values are good ones.
func TestExample(t *testing.T) {
	example := string(settings.Example())
	for _, line := range strings.Split(example, "\n") {
		if len(line) > 80 {
			t.Errorf("longer than 80: %s", line)
		}
	}
	for _, s := range settings.All() {
		if !strings.Contains(example, "\n# "+s.Name()+" = ") {
			t.Errorf("%s is not in the example", s.Key)
		}
		for what, value := range map[string]string{"default": s.Default, "example": s.Example} {
			if value != "" && s.Check(value) != nil {
				t.Errorf("the %s of %s is refused: %v", what, s.Key, s.Check(value))
			}
		}
	}
}
