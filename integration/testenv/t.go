package testenv

import "context"

// T is what of a running test the harness uses, with the meaning that package
// testing gives it: *testing.T and *testing.B are some. A program that is no
// test brings its own.
type T interface {
	Helper()
	Context() context.Context
	Cleanup(func())
	TempDir() string
	Errorf(format string, args ...any)
	FailNow()
}
