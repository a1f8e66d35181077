package frontend

import (
	"context"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
)

// group runs functions side by side; the first error ends the others. It is an
// errgroup whose functions may panic: a panic in a goroutine would end the
// process, with the builds of other clients that a test or a command runs in it.
type group struct{ functions *errgroup.Group }

// newGroup gives a group, and the context that the group's functions run in.
func newGroup(ctx context.Context) (group, context.Context) {
	functions, ctx := errgroup.WithContext(ctx)
	return group{functions}, ctx
}

// Go starts a function.
func (g group) Go(f func() error) {
	g.functions.Go(func() (err error) {
		defer recoverPanic(&err)
		return f()
	})
}

// Wait gives the first error, once all functions have ended.
func (g group) Wait() error { return g.functions.Wait() }

// recoverPanic is deferred by what must not panic: it makes a panic the error.
func recoverPanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("internal error: %v: please report it with this trace:\n%s", p, debug.Stack())
	}
}
