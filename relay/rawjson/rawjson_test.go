package rawjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// values are JSON values of every kind, with what makes them hard to walk.
var values = []string{
	`{}`, `[]`, `""`, `0`, `-0`, `2.50`, `1E5`, `1e-7`, `true`, `false`, `null`,
	`{"a":1}`, `{ "a" : 1 , "b" : [ ] }`, "{\n\t\"a\": 1,\r\n\t\"b\": 2\n}",
	`{"Z":1,"X":2.50,"A":-0,"B":1E5}`,
	`{"a":{"b":{"c":[{"d":"}"}]}},"e":"]"}`,
	`{"":"","a\"b":"\\","\u0061":"\u00e4","ä":"😀"}`,
	`{"a":1,"a":2}`,
	`[1,"a",[2,[3]],{"b":4},null]`, `[ 1 , 2 ]`, `["a,b","[","]","\"","\\"]`,
	`[{},[],"",0]`, `{"a":"<>&\u2028"}`, `  {"a":1}  `,
	`{"time": "2026-11-22 17:53:15.497496", "data": {"name": "smoothie", "message": {"stat": 0}}}`,
}

func TestMembersAndElementsAgreeWithEncodingJSON(t *testing.T) {
	for _, v := range values {
		agree(t, []byte(v))
	}
}

// agree checks that valid JSON is walked as encoding/json decodes it.
func agree(t *testing.T, b []byte) {
	t.Helper()
	var gotKeys, got []string
	err := Members(b, func(key, value []byte) bool {
		gotKeys, got = append(gotKeys, string(key)), append(got, string(value))
		return true
	})
	wantKeys, want := decode(b, '{')
	if (err != nil) != (want == nil) || !slices.Equal(got, want) || !sameTexts(gotKeys, wantKeys) {
		t.Fatalf("members of %q:\n got %q = %q, %v\nwant %q = %q", b, gotKeys, got, err, wantKeys, want)
	}
	got = nil
	err = Elements(b, func(value []byte) bool {
		got = append(got, string(value))
		return true
	})
	if _, want := decode(b, '['); (err != nil) != (want == nil) || !slices.Equal(got, want) {
		t.Fatalf("elements of %q:\n got %q, %v\nwant %q", b, got, err, want)
	}
}

// decode returns the decoded keys and raw values of an object or array as
// encoding/json sees them, values nil where b is no such thing.
func decode(b []byte, open json.Delim) (keys, values []string) {
	d := json.NewDecoder(bytes.NewReader(b))
	if first, err := d.Token(); err != nil || first != open {
		return nil, nil
	}
	values = []string{}
	for d.More() {
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				panic(err)
			}
			keys = append(keys, key.(string))
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			panic(err)
		}
		values = append(values, string(raw))
	}
	return keys, values
}

// sameTexts reports whether raw strings have these texts.
func sameTexts(raw, texts []string) bool {
	return slices.EqualFunc(raw, texts, func(r, want string) bool {
		got, ok := Text([]byte(r))
		return ok && perByte(got) == want
	})
}

func TestWalkEndsWhenTheCallerHasEnough(t *testing.T) {
	calls := 0
	stop := func() bool { calls++; return calls < 2 }
	if err := Members([]byte(`{"a":1,"b":2,"c"`), func(_, _ []byte) bool { return stop() }); err != nil || calls != 2 {
		t.Errorf("Members: %d calls, %v", calls, err)
	}
	calls = 0
	if err := Elements([]byte(`[1,2,`), func([]byte) bool { return stop() }); err != nil || calls != 2 {
		t.Errorf("Elements: %d calls, %v", calls, err)
	}
}

func TestBrokenShapesAreErrors(t *testing.T) {
	for _, in := range []string{
		``, ` `, `x`, `1`, `"a"`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a":}`, `{a:1}`, `{"a" 1}`,
		`{"a":1 "b":2}`, `{,}`, `{"a`, `{"a\`, `{"a":"b`, `{"a":"b\"}`, `{"a":[}`, `{"a":{"b":1}`,
	} {
		if err := Members([]byte(in), func(_, _ []byte) bool { return true }); err != ErrShape {
			t.Errorf("Members(%s) = %v", in, err)
		}
	}
	for _, in := range []string{``, `{}`, `[`, `[1`, `[1,`, `[1,]`, `[,1]`, `["a]`, `[[1]`, `[1 2]`} {
		if err := Elements([]byte(in), func([]byte) bool { return true }); err != ErrShape {
			t.Errorf("Elements(%s) = %v", in, err)
		}
	}
}

// Python's json.dumps writes these, and they must pass.
func TestBareNaNAndInfinityAreWalkedOver(t *testing.T) {
	var got []string
	err := Members([]byte(`{"a": NaN, "b": -Infinity, "c": [NaN]}`), func(key, value []byte) bool {
		got = append(got, fmt.Sprintf("%s=%s", key, value))
		return true
	})
	if want := []string{`"a"=NaN`, `"b"=-Infinity`, `"c"=[NaN]`}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func FuzzWalk(f *testing.F) {
	for _, v := range values {
		f.Add([]byte(v))
	}
	f.Add([]byte(`{"a":[}`))
	f.Add([]byte(`{"a":"\`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if json.Valid(b) {
			agree(t, b)
			return
		}
		// Whatever it is, what is handed out is never empty and the walk ends.
		_ = Members(b, func(key, value []byte) bool {
			if len(key) < 2 || len(value) == 0 {
				t.Fatalf("member %q: %q of %q", key, value, b)
			}
			Text(key)
			Text(value)
			return true
		})
		_ = Elements(b, func(value []byte) bool {
			if len(value) == 0 {
				t.Fatalf("an empty element in %q", b)
			}
			return true
		})
	})
}
