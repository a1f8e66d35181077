package gateway

import "strings"

// lostFailure is all that BuildKit 0.34 says of a failed step that several solves
// wait for, when another failed step of the build has an input of it: all waiting
// solves share an error, and each gives the inputs of the step back. The first of
// them is told the failure.
const lostFailure = "releasing already released reference"

// IsLost reports whether an error is all that BuildKit has left of a failure.
func IsLost(err error) bool { return err != nil && strings.Contains(err.Error(), lostFailure) }
