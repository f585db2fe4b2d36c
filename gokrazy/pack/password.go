package pack

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rawtcpcom/gokrazy/instance"
)

// Password is the password that gok made with the first image, from
// where gok keeps it.
func Password() (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find gokrazy's password: %w", err)
	}
	const name = "http-password.txt"
	general := filepath.Join(config, "gokrazy", name)
	for _, path := range []string{filepath.Join(config, "gokrazy", "hosts", instance.Name, name), general} {
		text, err := os.ReadFile(path)
		if err == nil {
			return strings.TrimSpace(string(text)), nil
		}
	}
	return "", fmt.Errorf("find gokrazy's password: it is not in %s; copy the file from the machine that made the card", general)
}
