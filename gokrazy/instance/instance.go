// Package instance is the gokrazy instance of the box: which programs are in
// the image, with which flags, and from which pinned modules.
//
// The committed instance (gokrazy/rawtcpcom) holds nothing that changes from
// one build to the next. What does change (version, revision, build time, the
// robot's address, where an update is sent) is written into a copy of it under
// build/, and gok is pointed at that copy. So a build never leaves the work
// tree dirty, and the image that is tested is made by the same path as the
// image that is flashed.
package instance

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Name is the instance's name and the box's host name. The partition ids of
// the card are derived from it, so it must never change for a box in use.
const Name = "rawtcpcom"

// Dir is where the committed instance lies, relative to the top of the tree.
const Dir = "gokrazy/" + Name

// Config is the part of gokrazy's config.json that this project sets. The
// names are gokrazy's.
type Config struct {
	Hostname                   string
	Update                     Update
	Environment                []string
	Packages                   []string
	PackageConfig              map[string]Package
	GokrazyPackages            []string
	KernelPackage              string
	FirmwarePackage            string
	EEPROMPackage              string
	SerialConsole              string             `json:",omitempty"`
	InternalCompatibilityFlags *CompatibilityFlag `json:",omitempty"`
}

// Update is how an update reaches the box.
type Update struct {
	Hostname     string `json:",omitempty"` // where to send it; empty means the instance's host name
	HTTPPort     string // of gokrazy's administration, in the image and for updates
	HTTPPassword string `json:",omitempty"` // never in the committed instance
}

// Package is how one program is built and started.
type Package struct {
	GoBuildFlags     []string `json:",omitempty"`
	CommandLineFlags []string `json:",omitempty"`
	Basename         string   `json:",omitempty"`
}

// CompatibilityFlag is the one of gokrazy's internal flags that a box needs
// whose administration is reached at another port than the one in the image.
type CompatibilityFlag struct {
	Update string `json:",omitempty"`
}

// Load reads an instance's config.json. A name that this package does not
// know is an error, so that nothing in the file goes unchecked. The page's link
// to the administration follows from the administration's port.
func Load(dir string) (Config, error) {
	file := filepath.Join(dir, "config.json")
	f, err := os.Open(file)
	if err != nil {
		return Config{}, fmt.Errorf("read the instance's config: %w", err)
	}
	defer f.Close()
	decoder := json.NewDecoder(f)
	decoder.DisallowUnknownFields()
	var c Config
	if err := decoder.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("read the instance's config %s: %w", file, err)
	}
	c.SetFlag("rawtcpcom/status", "admin-port", c.Update.HTTPPort)
	return c, nil
}

// SetFlag gives a program's flag another value, or adds the flag.
func (c *Config) SetFlag(pkg, name, value string) {
	p := c.PackageConfig[pkg]
	flag := "-" + name + "=" + value
	flags := slices.Clone(p.CommandLineFlags)
	if i := slices.IndexFunc(flags, func(f string) bool { return strings.HasPrefix(f, "-"+name+"=") }); i >= 0 {
		flags[i] = flag
	} else {
		flags = append(flags, flag)
	}
	p.CommandLineFlags = flags
	c.PackageConfig[pkg] = p
}

// Flag is the value that a program's flag is started with.
func (c *Config) Flag(pkg, name string) (string, bool) {
	for _, f := range c.PackageConfig[pkg].CommandLineFlags {
		if value, ok := strings.CutPrefix(f, "-"+name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// Where is the name and the port of a box's administration. Host may carry a
// port, for a box behind a forwarded one.
func (c *Config) Where(host string) (name, port string) {
	if name, port, err := net.SplitHostPort(host); err == nil {
		return name, port
	}
	return strings.Trim(host, "[]"), c.Update.HTTPPort
}

// SendTo aims an update at a box, as in Where. The port in the image stays
// what it is: where the way there begins is no matter of the box.
func (c *Config) SendTo(host string) {
	name, port := c.Where(host)
	c.Update.Hostname = name
	if port != c.Update.HTTPPort {
		c.InternalCompatibilityFlags = &CompatibilityFlag{Update: ":" + port}
	}
}

// Stamp has every program of this project and of gokrazy linked with the
// given flags, which is how version, revision and build time get in.
func (c *Config) Stamp(ldflags string) {
	for _, pkg := range slices.Concat(c.Packages, c.GokrazyPackages) {
		p := c.PackageConfig[pkg]
		p.GoBuildFlags = append(slices.Clone(p.GoBuildFlags), "-ldflags="+ldflags)
		c.PackageConfig[pkg] = p
	}
}

// Clone is a copy that can be changed without changing the original.
func (c Config) Clone() Config {
	packages := make(map[string]Package, len(c.PackageConfig))
	for name, p := range c.PackageConfig {
		packages[name] = p
	}
	c.PackageConfig = packages
	c.Packages = slices.Clone(c.Packages)
	return c
}

// Write makes parent/rawtcpcom, an instance directory for gok, with this
// config and the module pins of the committed instance. The parent must be a
// folder right in the top of the tree, since go.mod's way back to the sources
// is relative.
func (c Config) Write(top, parent string) error {
	dir := filepath.Join(top, parent, Name)
	if err := os.MkdirAll(filepath.Join(dir, "builddir"), 0o755); err != nil {
		return fmt.Errorf("write the instance: %w", err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		pins, err := os.ReadFile(filepath.Join(top, Dir, "builddir", name))
		if err != nil {
			return fmt.Errorf("read the instance's module pins: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, "builddir", name), pins, 0o644); err != nil {
			return fmt.Errorf("write the instance's module pins: %w", err)
		}
	}
	text, err := json.MarshalIndent(c, "", "    ")
	if err != nil {
		return fmt.Errorf("write the instance's config: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the instance's config: %w", err)
	}
	return nil
}
