package settings

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// What a password may be, in bytes: bcrypt looks at no more.
const (
	leastPassword = 8
	mostPassword  = 72
)

// password checks one that is set, in clear or hashed.
func password(value string) error {
	if hashed(value) {
		if _, err := bcrypt.Cost([]byte(value)); err != nil {
			return errors.New("it begins like a hash and is none; write the password itself")
		}
		return nil
	}
	if n := len(value); n < leastPassword || n > mostPassword {
		return fmt.Errorf("it has %d characters; it has to have between %d and %d", n, leastPassword, mostPassword)
	}
	return nil
}

func hashed(value string) bool { return strings.HasPrefix(value, "$2") && len(value) == 60 }

// hashPassword replaces a password in clear by its hash.
func (v Values) hashPassword() error {
	value := v["page.password"]
	if value == "" || hashed(value) {
		return nil
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(value), bcrypt.DefaultCost)
	if err != nil {
		return fmt.Errorf("hash the page's password: %w", err)
	}
	v["page.password"] = string(hash)
	return nil
}

// HasPassword is whether the page's password is set.
func (v Values) HasPassword() bool { return v["page.password"] != "" }

// IsPassword reports whether a password is the page's. It takes some tenths of a
// second on a Pi, as it is meant to. In a file that somebody wrote by hand, as on a
// PC, the password stands in clear until the settings are saved.
func (v Values) IsPassword(given string) bool {
	set := v["page.password"]
	if !hashed(set) {
		return password(set) == nil && subtle.ConstantTimeCompare([]byte(set), []byte(given)) == 1
	}
	return bcrypt.CompareHashAndPassword([]byte(set), []byte(given)) == nil
}
