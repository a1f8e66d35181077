package gateway

import (
	"context"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
)

// Group runs functions side by side; the first error ends the others. It is an
// errgroup whose functions may panic: a panic in a goroutine would end the
// process, with the builds of other clients that a test or a command runs in it.
type Group struct{ functions *errgroup.Group }

// NewGroup gives a group, and the context that the group's functions run in.
func NewGroup(ctx context.Context) (Group, context.Context) {
	functions, ctx := errgroup.WithContext(ctx)
	return Group{functions}, ctx
}

// Go starts a function.
func (g Group) Go(f func() error) {
	g.functions.Go(func() (err error) {
		defer RecoverPanic(&err)
		return f()
	})
}

// Wait gives the first error, once all functions have ended.
func (g Group) Wait() error { return g.functions.Wait() }

// RecoverPanic is deferred by what must not panic: it makes a panic the error.
func RecoverPanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("internal error: %v: please report it with this trace:\n%s", p, debug.Stack())
	}
}
