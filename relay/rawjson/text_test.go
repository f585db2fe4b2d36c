package rawjson

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// perByte replaces each byte that is no UTF-8 by U+FFFD, as encoding/json does.
func perByte(b []byte) string { return string([]rune(string(b))) }

var rawStrings = []string{
	`""`, `"a"`, `"ä€😀"`, `"\"\\\/\b\f\n\r\t"`, `"a\u0062c"`, `"\u00e4\u20AC"`, `"\uFFFD"`, `"\u0000"`,
	`"\ud83d\ude00"`, `"\uD83D\uDE00x"`,
	`"\ud83d"`, `"\ude00"`, `"\ud83d\ud83d\ude00"`, `"\ud83dx"`, `"\ud83d\n"`, `"\ud83d\u0041"`, `"\ude00\ud83d"`,
	`"<>&"`, "\"\u2028\"", "\"\x7f\"", "\"\xff\xe2\x82\"", "\"\xff\\n\xc3\"",
}

func TestTextAgreesWithEncodingJSON(t *testing.T) {
	for _, raw := range rawStrings {
		checkText(t, []byte(raw))
	}
}

// checkText compares with json.Unmarshal. Bytes that are no UTF-8 stay as they
// are here, since the text is only compared, never sent on.
func checkText(t *testing.T, raw []byte) {
	t.Helper()
	var want string
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	got, ok := Text(raw)
	if !ok || perByte(got) != want {
		t.Fatalf("Text(%s) = %q, %v; want %q", raw, got, ok, want)
	}
	got, ok = AppendText([]byte("before "), raw)
	if !ok || perByte(got) != "before "+want {
		t.Fatalf("AppendText(%s) = %q, %v; want %q", raw, got, ok, want)
	}
}

func TestTextOfWhatIsNoString(t *testing.T) {
	for _, raw := range []string{``, `"`, `a`, `1`, `null`, `{}`, `["a"]`, `"a`, `a"`,
		`"\"`, `"a\"`, `"\x"`, `"\u"`, `"\u12"`, `"\u12g4"`, `"\U0041"`, `"a\ud83d\u"x`, `"abc\q"`} {
		if got, ok := Text([]byte(raw)); ok || len(got) != 0 {
			t.Errorf("Text(%s) = %q, %v; half a text must not pass for the whole", raw, got, ok)
		}
		if got, ok := AppendText([]byte("x"), []byte(raw)); ok || string(got) != "x" {
			t.Errorf("AppendText(%s) = %q, %v", raw, got, ok)
		}
	}
}

func TestAppendStringReadsBackAsItWas(t *testing.T) {
	for _, s := range []string{"", "a", `"\`, "\n\r\t\b\f\x00\x1f\x7f", "ä€😀", "\u2028\u2029", "<>&/", "\uFFFD",
		"\xff", "a\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "😀\xf0\x9f\x98", strings.Repeat("é", 100) + "\xc3"} {
		checkString(t, s)
	}
	for c := range 256 {
		checkString(t, string([]byte{'a', byte(c), 'b'}))
	}
}

func checkString(t *testing.T, s string) {
	t.Helper()
	raw := AppendString(nil, s)
	var got string
	if err := json.Unmarshal(raw, &got); err != nil || got != perByte([]byte(s)) {
		t.Fatalf("AppendString(%q) = %s, read back as %q, %v", s, raw, got, err)
	}
	if bytes.ContainsAny(raw, "\n\r") || !utf8.Valid(raw) {
		t.Fatalf("AppendString(%q) = %q is not one line of UTF-8", s, raw)
	}
	if again := AppendString([]byte("x"), []byte(s)); string(again) != "x"+string(raw) {
		t.Fatalf("appending the bytes of %q gave %s", s, again)
	}
}

// Python escapes what is not ASCII and leaves <>& alone; encoding/json does
// the opposite by default. Neither is wanted.
func TestAppendStringEscapesNoMoreThanItMust(t *testing.T) {
	if got := string(AppendString(nil, "<>& ä😀 / '\x7f")); got != "\"<>& ä😀 / '\x7f\"" {
		t.Errorf("got %s", got)
	}
	if got := string(AppendString(nil, "\"\\\n\r\t\x01")); got != `"\"\\\n\r\t\u0001"` {
		t.Errorf("got %s", got)
	}
}

func TestStringsAllocateNothing(t *testing.T) {
	dst := make([]byte, 0, 200)
	s, raw, escaped := "ä \"quoted\" \xff", []byte(`"plain"`), []byte(`"\u00e4"`)
	bs := []byte(s)
	for name, f := range map[string]func(){
		"AppendString":       func() { AppendString(dst, s) },
		"AppendString bytes": func() { AppendString(dst, bs) },
		"Text unescaped":     func() { Text(raw) },
		"AppendText":         func() { AppendText(dst, escaped) },
	} {
		if allocs := testing.AllocsPerRun(100, f); allocs != 0 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, raw := range rawStrings {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		checkString(t, string(b))
		var s string
		if json.Unmarshal(b, &s) == nil && b[0] == '"' && b[len(b)-1] == '"' {
			checkText(t, b)
		} else {
			Text(b)
		}
	})
}
