package source

import (
	"fmt"

	"github.com/uvlambda/uvlambda/plan"
)

// Error is a mistake in a file of the build context.
type Error struct {
	// Location is where the mistake stands; a Line of 0 means the file as a whole.
	Location plan.Location
	// Related are further lines that explain it.
	Related []plan.Location
	// Rule names the rule that the mistake breaks, "LockMissing"; it is empty
	// when no page explains it.
	Rule string
	Err  error
}

// Errorf returns an Error at loc whose message is formatted as by fmt.Errorf,
// so that %w keeps a cause.
func Errorf(loc plan.Location, format string, args ...any) *Error {
	return &Error{Location: loc, Err: fmt.Errorf(format, args...)}
}

// ErrorAt is Errorf with several places. The mistake is at the first one, and the
// others explain it.
func ErrorAt(at []plan.Location, format string, args ...any) *Error {
	err := Errorf(at[0], format, args...)
	err.Related = at[1:]
	return err
}

// Of says which rule the mistake breaks.
func (e *Error) Of(rule string) *Error {
	e.Rule = rule
	return e
}

// Error starts with the file and the line, as compilers print them.
func (e *Error) Error() string {
	switch {
	case e.Location.File == "":
		return e.Err.Error()
	case e.Location.Line == 0:
		return fmt.Sprintf("%s: %v", e.Location.File, e.Err)
	default:
		return fmt.Sprintf("%s:%d: %v", e.Location.File, e.Location.Line, e.Err)
	}
}

// Unwrap returns the mistake without its location.
func (e *Error) Unwrap() error { return e.Err }
