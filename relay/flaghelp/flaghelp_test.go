package flaghelp_test

import (
	"flag"
	"io"
	"strings"
	"testing"

	"rawtcpcom/relay/flaghelp"
)

func TestExplain(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"-idle-timeout 30", `-idle-timeout "30" is not a time: write 30s`},
		{"-idle-timeout=half", `-idle-timeout "half" is not a time such as 30s`},
		{"-idle-timeout", `-idle-timeout needs a time such as 30s`},
		{"-max-clients many", `-max-clients "many" is not a whole number`},
		{"-exclusive=ja", `-exclusive "ja" is not true or false`},
		{"-router", `-router needs a value (URL)`},
		{"-rooter x", "there is no flag -rooter; did you mean -router?"},
		{"-routre=x", "there is no flag -routre; did you mean -router?"},
		{"--idel-timeout 30s", "there is no flag -idel-timeout; did you mean -idle-timeout?"},
		{"-nonsense", "there is no flag -nonsense"},
		{"-exclusive yes", `-exclusive takes nothing after it; leave out "yes"`},
		{"-idle-timeout 1s yes", `there is no argument "yes"; everything is a flag`},
		{"router=x", `write -router=x`},
	} {
		fs := flag.NewFlagSet("relay", flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		fs.Duration("idle-timeout", 0, "")
		fs.Int("max-clients", 0, "")
		fs.Bool("exclusive", false, "")
		fs.String("router", "", "`URL` of the router")
		args := strings.Fields(c.args)
		err := flaghelp.Explain(fs, fs.Parse(args))
		if err == nil && fs.NArg() > 0 {
			err = flaghelp.Argument(fs, args)
		}
		if err == nil || !strings.Contains(err.Error(), c.says) || c.args == "-nonsense" && strings.Contains(err.Error(), "mean") {
			t.Errorf("%s: %v; want %s", c.args, err, c.says)
		}
	}
}
