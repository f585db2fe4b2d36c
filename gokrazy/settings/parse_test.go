package settings_test

import (
	"encoding/binary"
	"maps"
	"strings"
	"testing"
	"unicode/utf16"

	"rawtcpcom/gokrazy/settings"
)

// What editors make of a file is understood.
func TestWhatEditorsDo(t *testing.T) {
	const text = "# the big one\n[robot]\naddress = \"ws://192.0.2.20:8080/ws\"\n\n[access]\nmax-clients = 2\nexclusive = true\n\n[network]\nntp = [\"192.0.2.1\", \"ntp.example.org\"]\n"
	want := settings.Values{"robot.address": "ws://192.0.2.20:8080/ws", "access.max-clients": "2", "access.exclusive": "true", "network.ntp": "192.0.2.1,ntp.example.org"}
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	for name, file := range map[string]string{
		"as it is":             text,
		"CRLF":                 replace("\n", "\r\n"),
		"an old Mac's":         replace("\n", "\r"),
		"byte order mark":      "\ufeff" + text,
		"curly quotes":         replace(`"ws`, "“ws", `ws"`, "ws”"),
		"low quotes":           replace(`"ws`, "„ws", `ws"`, "ws“"),
		"single quotes":        replace(`"`, "'"),
		"curly single ones":    replace(`"ws`, "‘ws", `ws"`, "ws’"),
		"hard spaces":          replace(" = ", "\u00a0=\u00a0"),
		"UTF-16":               "\xff\xfe" + wide(text, binary.LittleEndian),
		"UTF-16, big-endian":   "\xfe\xff" + wide(text, binary.BigEndian),
		"spaces within":        replace(`"ws`, `" ws`, `ws"`, `ws "`),
		"dotted":               "robot.address = \"ws://192.0.2.20:8080/ws\"\naccess.max-clients = 2\naccess.exclusive = true\nnetwork.ntp = [\"192.0.2.1\", \"ntp.example.org\"]\n",
		"everything in quotes": replace("= 2", `= "2"`, "= true", `= "true"`),
		"leading zeros":        replace("= 2", `= "02"`),
		"a list in one text":   replace(`["192.0.2.1", "ntp.example.org"]`, `"192.0.2.1, ntp.example.org"`),
		"a list with spaces":   replace(`["192.0.2.1", "ntp.example.org"]`, `[" 192.0.2.1 ", "ntp.example.org", ""]`),
		"a comment behind":     replace("= 2", "= 2 # or three"),
	} {
		t.Run(name, func(t *testing.T) {
			got, problems := settings.Parse([]byte(file))
			if len(problems) > 0 || !maps.Equal(got, want) {
				t.Errorf("read %v, %v; want %v", got, problems, want)
			}
		})
	}
}

func wide(text string, order binary.ByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		var two [2]byte
		order.PutUint16(two[:], unit)
		b = append(b, two[:]...)
	}
	return string(b)
}

func TestNothingIsSet(t *testing.T) {
	for name, file := range map[string]string{"empty": "", "the example": string(settings.Example()), "sections": "[robot]\n[box]\n"} {
		if got, problems := settings.Parse([]byte(file)); len(problems) > 0 || len(got) > 0 {
			t.Errorf("%s: read %v, %v", name, got, problems)
		}
	}
}
