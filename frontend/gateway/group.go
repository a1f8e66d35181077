package gateway

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Group runs functions side by side; the first error ends the others. It is an
// errgroup that turns panics of its functions into errors: a panic in a goroutine
// would end the process, and with it all builds that a test or a command runs
// there. A failure that BuildKit has lost does not end the other functions, since
// one of them gets the failure.
type Group struct {
	functions *errgroup.Group
	lost      *lost
}

// lost is a failure that BuildKit has lost.
type lost struct {
	mu  sync.Mutex
	err error
}

// NewGroup gives a group, and the context that the group's functions run in.
func NewGroup(ctx context.Context) (Group, context.Context) {
	functions, ctx := errgroup.WithContext(ctx)
	return Group{functions, &lost{}}, ctx
}

// Go starts a function.
func (g Group) Go(f func() error) {
	g.functions.Go(func() (err error) {
		defer RecoverPanic(&err)
		if err = f(); !IsLost(err) {
			return err
		}
		g.lost.mu.Lock()
		defer g.lost.mu.Unlock()
		g.lost.err = err
		return nil
	})
}

// Wait gives the first error, once all functions have ended. It is a lost one only
// when there is no other.
func (g Group) Wait() error { return cmp.Or(g.functions.Wait(), g.lost.err) }

// RecoverPanic is deferred by what must not panic: it makes a panic the error.
func RecoverPanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("internal error: %v: please report it with this trace:\n%s", p, debug.Stack())
	}
}
