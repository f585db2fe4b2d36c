package settings_test

import (
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

// What is wrong with a secret is told without it: problems are on the page and in
// the log.
func TestProblemsKeepSecrets(t *testing.T) {
	for _, file := range []string{
		"[page]\npassword = Hunter2!\n",
		"[page]\npasword = Hunter2!\n",
		"[page]\npassword = Hunter2\"!\n",
		"[page]\npassword = \"Hunter2\n",
		"[page]\npassword = \"Hunter2\\q\"\n",
		"[page]\npassword: Hunter2\n",
		"[page]\npassword = [\"Hunter2\"]\n",
		"[page]\npassword = [\"Hunter2, Hunter2\"]\n",
		"[page]\npassword = {a = \"Hunter2\"}\n",
		"page = {password = Hunter2}\n",
		"page.password = Hunter2 Hunter2\n",
		"robot.auth-secret = Hunter2\n",
		"[robot]\nauth-secret = Hunter2 # the usual\n",
		"[page]\npassword = Hunter2 = Hunter2\n",
		"[page]\npassword = \"Hunter2\" \"Hunter2\"\n",
		"[page]\npasword = \"Hunter2\" Hunter2\n",
		"[page]\npassword = '''Hunter2\nHunter2\n",
		"password = \"Hunter2\"\n",
		"[page]\npassword = [[\"Hunter2\"]]\n",
		"[page]\npasword = [[\"Hunter2\"]]\n",
	} {
		_, problems := settings.Parse([]byte(file))
		if len(problems) == 0 {
			t.Errorf("%q was taken", file)
		}
		for _, p := range problems {
			if strings.Contains(p.String(), "unter2") {
				t.Errorf("%q is told %s", file, p)
			}
			t.Log(p)
		}
	}
	if _, problems := settings.Parse([]byte("[page]\npassword = 12345678\n")); len(problems) != 1 || strings.Contains(problems[0].Text, "1234") {
		t.Errorf("a password of digits is told %v", problems)
	}
}
