package source

import (
	"fmt"

	"github.com/uvlambda/uvlambda/plan"
)

// Error is a mistake in a file of the build context.
type Error struct {
	// Location is where the mistake stands; a Line of 0 means the file as a whole.
	Location plan.Location
	Err      error
}

// Errorf returns an Error at loc whose message is formatted as by fmt.Errorf,
// so that %w keeps a cause.
func Errorf(loc plan.Location, format string, args ...any) *Error {
	return &Error{Location: loc, Err: fmt.Errorf(format, args...)}
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
