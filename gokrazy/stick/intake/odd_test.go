package intake_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/stick/report"
)

// Sticks as people have them, and worse. None may harm the box, and each is told
// what is wrong where it can be.
func TestOddSticks(t *testing.T) {
	at := func(b *bench, name string) string { return filepath.Join(b.stick.dir, name) }
	for _, c := range []struct {
		name   string
		make   func(b *bench) error
		want   report.Outcome
		result []string // parts of it; nil for none
		notice string
	}{
		{"nothing", func(*bench) error { return nil }, "", nil, ""},
		{"a folder of that name", func(b *bench) error { return os.Mkdir(at(b, "rawtcpcom.toml"), 0o755) },
			report.Nothing, []string{"rawtcpcom.toml is no file"}, "is no file"},
		{"a folder that asks for a reset", func(b *bench) error { return os.Mkdir(at(b, "rawtcpcom-reset"), 0o755) },
			report.Nothing, []string{"rawtcpcom-reset is no file"}, "is no file"},
		{"a link out of the stick", func(b *bench) error { return os.Symlink("/etc/passwd", at(b, "rawtcpcom.toml")) },
			report.Nothing, []string{"rawtcpcom.toml is no file"}, "is no file"},
		{"a pipe", func(b *bench) error { return syscall.Mkfifo(at(b, "rawtcpcom.toml"), 0o644) },
			report.Nothing, []string{"rawtcpcom.toml is no file"}, "is no file"},
		{"a file of 1 TB", func(b *bench) error {
			b.put(map[string]string{"rawtcpcom.toml": ""})
			return os.Truncate(at(b, "rawtcpcom.toml"), 1<<40)
		}, report.Refused, []string{"longer than"}, "longer than"},
		{"a picture", func(b *bench) error {
			b.put(map[string]string{"rawtcpcom.toml": "\x89PNG\r\n\x1a\n\x00\x00"})
			return nil
		}, report.Refused, []string{"not text"}, "not text"},
		{"two files", func(b *bench) error {
			b.put(map[string]string{"rawtcpcom.toml": address, "rawtcpcom.toml.txt": address})
			return nil
		}, report.Refused, []string{"rawtcpcom.toml and rawtcpcom.toml.txt", "leave the one"}, "several files"},
		{"10,000 files", func(b *bench) error {
			for i := range 10_000 {
				b.put(map[string]string{fmt.Sprintf("DSC%05d.JPG", i): ""})
			}
			b.put(map[string]string{"rawtcpcom.toml": address})
			return nil
		}, report.Taken, []string{"TAKEN"}, "in force"},
		{"a folder where the result is to be", func(b *bench) error {
			b.put(map[string]string{"rawtcpcom.toml": address})
			return os.Mkdir(at(b, "rawtcpcom-result.txt"), 0o755)
		}, report.Taken, nil, "rawtcpcom-result.txt cannot be written"},
		{"a link where the result is to be", func(b *bench) error {
			b.put(map[string]string{"rawtcpcom.toml": address})
			return os.Symlink(filepath.Join(b.Reports, "passwd"), at(b, "rawtcpcom-result.txt"))
		}, report.Taken, nil, "rawtcpcom-result.txt cannot be written"},
		{"write-protected", func(b *bench) error {
			b.stick.readOnly = fmt.Errorf("mount: %w", syscall.EACCES)
			b.put(map[string]string{"rawtcpcom.toml": address})
			return nil
		}, report.Taken, nil, "it is write-protected"},
		{"pulled", func(b *bench) error {
			b.stick.readOnly = syscall.ENODEV
			b.put(map[string]string{"rawtcpcom.toml": address})
			return nil
		}, report.Taken, nil, "rawtcpcom-result.txt cannot be written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			if err := c.make(b); err != nil {
				t.Fatal(err)
			}
			r, result := b.plug()
			if r.Outcome != c.want {
				t.Errorf("the report is %+v; want %q", r, c.want)
			}
			if c.result == nil && result != "" {
				t.Errorf("the result is %q", result)
			}
			holds(t, result, c.result...)
			holds(t, r.Notice(), c.notice)
			if _, set := b.inForce()["robot.address"]; set != (c.want == report.Taken) {
				t.Errorf("the address is set: %v", set)
			}
			if _, err := os.Stat(filepath.Join(b.Reports, "passwd")); err == nil {
				t.Error("a file outside of the stick was written")
			}
		})
	}
}

// A stick that cannot be read at all is told of on the page.
func TestUnreadable(t *testing.T) {
	b := newBench(t)
	b.Unreadable(b.stick, errors.New("it is neither FAT nor exFAT, or broken"))
	holds(t, strings.Join(report.Notices(b.Reports), "\n"), "The stick: it cannot be read", "format it as FAT or exFAT")
	b.expect(settings.Values{})
}
