package settings_test

import (
	"testing"

	"rawtcpcom/gokrazy/settings"
)

// Whatever is in a file, it is read without a panic: either it gives values that
// are good and that are read again as they were written, or problems, each with a
// text.
func FuzzParse(f *testing.F) {
	for _, c := range bad {
		f.Add([]byte(c.file))
	}
	f.Add(settings.Example())
	f.Add([]byte("\ufeff[robot]\r\naddress = “wss://192.0.2.20/ws”\r\n[access]\nmax-clients = \"007\"\nexclusive = true\n"))
	f.Add([]byte("[network]\nntp = \" a, b\"\ndns = [\" 192.0.2.1 \"]\n[robot]\nauth-id = \"\\u0041\U0001f916\"\nauth-secret = '\"'\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		values, problems := settings.Parse(file)
		for _, p := range problems {
			if p.Text == "" || p.Line < 0 {
				t.Errorf("a problem says %+v", p)
			}
		}
		if len(problems) > 0 {
			if values != nil {
				t.Errorf("values %v beside problems %v", values, problems)
			}
			return
		}
		if problems := values.Check(); len(problems) > 0 {
			t.Errorf("it was taken with %v", problems)
		}
		written := values.TOML(settings.WithSecrets)
		again, problems := settings.Parse(written)
		if len(problems) > 0 || !again.Equal(values) {
			t.Errorf("%q is read again as %q, %v, from\n%s", values, again, problems, written)
		}
		next, named, problems := settings.Over(settings.Values{}, file)
		if len(problems) > 0 || !next.Equal(values) || !named.Equal(values) {
			t.Errorf("over nothing, %q is %q, %q, %v", values, next, named, problems)
		}
	})
}
