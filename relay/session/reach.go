package session

import "errors"

// unreachedError is an attempt that found nobody at the router's address.
type unreachedError struct{ error }

func (e unreachedError) Error() string {
	return e.error.Error() + "; is the robot on, and -router its address?"
}

func (e unreachedError) Unwrap() error { return e.error }

// unreached marks the error of a TCP dial; nil stays nil.
func unreached(err error) error {
	if err == nil {
		return nil
	}
	return unreachedError{err}
}

// noAnswer is errNoAnswer, or errNobody, in place of err, where the time ran out.
func noAnswer(err error) error {
	if Reached(err) {
		return errNoAnswer
	}
	return unreached(errNobody)
}

// Reached reports whether an attempt that failed with err got through to
// something that listens at the router's address.
func Reached(err error) bool {
	var nobody unreachedError
	return !errors.As(err, &nobody)
}
