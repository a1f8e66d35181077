package source

import (
	"errors"
	"fmt"
)

// MaxMistakes is how many mistakes a shortened error has.
const MaxMistakes = 10

// Shorten gives an error with only the first mistakes that err joins, and the
// number of the others: a generated file may have thousands.
func Shorten(err error) error {
	all := joined(err)
	if len(all) <= MaxMistakes {
		return err
	}
	return errors.Join(append(all[:MaxMistakes:MaxMistakes], fmt.Errorf("and %d more mistakes", len(all)-MaxMistakes))...)
}

// joined gives the errors that an error joins, directly or through another.
func joined(err error) []error {
	several, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // this walks the tree of joined errors itself
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range several.Unwrap() {
		all = append(all, joined(one)...)
	}
	return all
}
