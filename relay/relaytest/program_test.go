package relaytest_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rawtcpcom/relay/procgroup"
	. "rawtcpcom/relay/relaytest"
)

// flags are the names that others rely on.
var flags = []string{"listen", "router", "realm", "http", "data", "simulate", "router-listen", "max-clients",
	"max-message", "terminator", "allow-dangerous-meta", "check", "version"}

func TestHelpNamesEveryFlag(t *testing.T) {
	t.Parallel()
	relay := Launch(t, "-help")
	if code := relay.Wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, name := range flags {
		if !strings.Contains(relay.Log.String(), "  -"+name) {
			t.Errorf("-%s is not in the help", name)
		}
	}
}

// A command line that makes no sense: one line on stderr that names what is
// wrong, exit code 2.
func TestBadFlags(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ args, says string }{
		{"-nonsense", "no flag -nonsense"},
		{"-rooter ws://robot:8080/ws", "did you mean -router?"},
		{"-idle-timeout 30", "write 30s"},
		{"-exclusive yes", "takes nothing after it"},
		{"relay.conf", "relay.conf"},
		{"-router http://robot:8080/ws", "write -router ws://robot:8080/ws"},
		{"-router robot", "write -router ws://robot:8080/ws"},
		{"-router 192.168.1.20:8081", "write -router ws://192.168.1.20:8081/ws"},
		{"-router robot -backend otone", "write -router ws://robot:31947/ws"},
		{"-router ftp://robot/ws", "not a URL such as ws://"},
		{"-router ws://:8080/ws", "not a URL such as ws://"},
		{"-router ws://robot:80800/ws", "a port is between 1 and 65535"},
		{"-simulate -router ws://robot:8080/ws", "-simulate"},
		{"-router-listen 127.0.0.1:8080", "-simulate"},
		{"-listen 7887", "write -listen :7887"},
		{"-http nowhere", "-http"},
		{"-max-clients 0", "-max-clients"},
		{"-max-clients many", "max-clients"},
		{"-max-message 1", "-max-message"},
		{"-terminator cr", "-terminator"},
		{"-settings /tmp", "write -settings /tmp/settings.toml"},
		{"-check all", "known or off"},
		{"-realm=", "-realm"},
		{"-data=", "-data"},
		{"-while-halted maybe", "refuse or pass"},
		{"-backend otwo", "driver or otone"},
		{"-backend otone -allow-dangerous-meta", "leave it out"},
	} {
		relay := Launch(t, strings.Fields(row.args)...)
		if code := relay.Wait(); code != 2 {
			t.Errorf("%s: exit code %d, not 2", row.args, code)
		}
		oneLine(t, relay.Log.String(), row.says)
	}
}

// oneLine checks that stderr is a single line that says something.
func oneLine(t *testing.T, stderr, says string) {
	t.Helper()
	if !strings.HasPrefix(stderr, "relay: ") || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, says) {
		t.Errorf("stderr is not one line about %s:\n%s", says, stderr)
	}
}

// What the machine does not allow: one line, exit code 1.
func TestPortInUse(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, name := range []string{"-listen", "-http", "-router-listen"} {
		args := []string{"-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-data", t.TempDir(), "-simulate", name, taken.Addr().String()}
		relay := Launch(t, args...)
		if code := relay.Wait(); code != 1 {
			t.Errorf("%s: exit code %d, not 1", name, code)
		}
		oneLine(t, relay.Log.String(), "in use")
		if !strings.HasSuffix(relay.Log.String(), " with "+name+"\n") {
			t.Errorf("the flag that chooses another is not named: %s", relay.Log)
		}
		if !strings.Contains(relay.Log.String(), taken.Addr().String()) {
			t.Errorf("the address is not named: %s", relay.Log)
		}
	}
}

// built is the program, once it has been built; TestMain deletes it.
var built string

// buildRelay builds the program once, as it is shipped.
var buildRelay = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "relay")
	if err != nil {
		return "", err
	}
	built = filepath.Join(dir, "relay")
	out, err := exec.Command("go", "build", "-o", built,
		"-ldflags", "-X rawtcpcom/relay/version.Version=v1.2.3", "rawtcpcom/relay").CombinedOutput()
	os.Stderr.Write(out)
	return built, err
})

// command is the built program, with free ports.
func command(t *testing.T, args ...string) (cmd *exec.Cmd, stderr *Log) {
	t.Helper()
	binary, err := buildRelay()
	if err != nil {
		t.Fatal("building the relay: ", err)
	}
	cmd = exec.Command(binary, args...)
	stderr = NewLog()
	cmd.Stderr = stderr
	return cmd, stderr
}

func TestVersion(t *testing.T) {
	t.Parallel()
	cmd, _ := command(t, "-version")
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	if err := cmd.Run(); err != nil || !strings.HasPrefix(stdout.String(), "relay v1.2.3 (") || strings.Count(stdout.String(), "\n") != 1 {
		t.Errorf("%q, %v", stdout.String(), err)
	}
}

func TestExitCodeOfTheProgram(t *testing.T) {
	t.Parallel()
	cmd, stderr := command(t, "-nonsense")
	_ = cmd.Run() // the code tells
	if cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("exit code %d, not 2", cmd.ProcessState.ExitCode())
	}
	oneLine(t, stderr.String(), "nonsense")
}

// SIGTERM: clients are told and closed, the session with the router is left,
// and the program ends well, in two seconds, whatever its clients do.
func TestSIGTERM(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	observer := rig.Peer("wamp.session.on_leave")
	cmd, stderr := command(t, "-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-data", t.TempDir(), "-router", rig.URL())
	group, err := procgroup.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		group.Kill() // it has ended already, unless the test failed
		<-ended
	})
	relay := Attach(t, stderr)
	relay.WaitRobot("present")
	clients := []*Client{relay.Connect(), relay.Connect(), relay.Connect()}
	clients[0].Home()

	began := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for _, c := range clients {
		if m := c.Next(); !m.IsNotice() || m.Result() != "failed" || !strings.Contains(string(m.Body), "shutting down") {
			t.Errorf("the client is told %s", m.Line)
		}
		c.ExpectClosed() // and goes on holding its own side open
	}
	err = <-ended
	ended <- err
	if took := time.Since(began); err != nil || took > 2*time.Second {
		t.Errorf("it ended after %v: %v\n%s", took, err, stderr)
	}
	observer.Next()
}

// The log is one line an event, with no payloads in it unless asked for.
func TestLogHoldsNoPayloads(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	for _, args := range [][]string{nil, {"-debug"}} {
		relay := rig.StartRelay(args...)
		relay.WaitRobot("present")
		c := relay.Connect()
		c.Send(Command("move_to", `{"X": 31.41592}`), `{"bad": 31.41592`)
		c.Until(`"stat": 0`)
		relay.Stop()
		if has := strings.Contains(relay.Log.String(), "31.41592"); has != (args != nil) {
			t.Errorf("with %v the log has payloads: %v\n%s", args, has, relay.Log)
		}
		for _, line := range strings.Split(strings.TrimSpace(relay.Log.String()), "\n") {
			if !strings.HasPrefix(line, "time=") || !strings.Contains(line, " level=") || !strings.Contains(line, " msg=") {
				t.Errorf("not a line of the log: %s", line)
			}
		}
	}
}
