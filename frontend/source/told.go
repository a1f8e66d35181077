package source

import (
	"errors"
	"fmt"
)

// MaxTold is how many mistakes are told at once.
const MaxTold = 10

// Told is an error with only the first of the mistakes that it joins, and the
// number of the others: a generated file may have thousands.
func Told(err error) error {
	all := joined(err)
	if len(all) <= MaxTold {
		return err
	}
	return errors.Join(append(all[:MaxTold:MaxTold], fmt.Errorf("and %d more mistakes", len(all)-MaxTold))...)
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
