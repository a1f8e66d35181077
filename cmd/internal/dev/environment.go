package dev

import (
	"context"
	"errors"
	"sync"

	"github.com/uvlambda/uvlambda/cmd/internal/emulate"
	"github.com/uvlambda/uvlambda/cmd/internal/emulate/runtimeapi"
)

// BrokenError is the answer while the last change does not build or its function
// does not start.
type BrokenError struct {
	// Err says why.
	Err error
}

// Error says why.
func (e *BrokenError) Error() string { return e.Err.Error() }

// Unwrap is the reason.
func (e *BrokenError) Unwrap() error { return e.Err }

// errStopped is the answer when the run ends.
var errStopped = errors.New("uvlambda dev is ending")

// environment is the function's one execution environment. As in Lambda it
// works on one event at a time, its process goes on from event to event, and
// one that ends or takes too long is followed by a new one. Events wait while
// the function is being changed.
type environment struct {
	// slot is taken by whoever uses what follows it: an event, or an exchange.
	slot     chan struct{}
	function *emulate.Function
	instance *emulate.Instance
	// lifetime ends all processes.
	lifetime context.Context

	mu sync.Mutex
	// changes counts the changes that are not built yet.
	changes int
	// settled is closed when there are none.
	settled chan struct{}
	// broken is why the last build is not what runs, nil when it is.
	broken *BrokenError
	// measure is the function's Peak, nil when there is none.
	measure func() int64
}

// newEnvironment is an environment without a function, which is being built.
func newEnvironment(lifetime context.Context) *environment {
	return &environment{
		slot:     make(chan struct{}, 1),
		lifetime: lifetime,
		changes:  1,
		settled:  make(chan struct{}),
	}
}

// hold makes events wait for a change that was noticed.
func (e *environment) hold() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.changes == 0 {
		e.settled = make(chan struct{})
	}
	e.changes++
}

// release ends one hold, whatever has become of the change.
func (e *environment) release() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changes--
	if e.changes == 0 {
		close(e.settled)
	}
}

// settle ends the last change: with nil when its function runs, else with the
// reason why it does not.
func (e *environment) settle(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.broken = nil
	if err != nil {
		e.broken = &BrokenError{err}
	}
}

// await waits until no change is being built. It is a *BrokenError when the
// last one could not be.
func (e *environment) await(ctx context.Context) error {
	e.mu.Lock()
	settled := e.settled
	e.mu.Unlock()
	select {
	case <-settled:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.broken != nil {
		return e.broken
	}
	return nil
}

// take waits for the slot, and give hands it on.
func (e *environment) take(ctx context.Context) error {
	select {
	case e.slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (e *environment) give() { <-e.slot }

// Invoke gives the function an event when it is its turn, and returns the
// response. It fails as emulate.Instance's Invoke does.
func (e *environment) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	if err := e.take(ctx); err != nil {
		return nil, err
	}
	defer e.give()
	if e.function == nil {
		return nil, &BrokenError{errStopped}
	}
	if err := e.revive(); err != nil {
		return nil, err
	}
	// An event is worked on to its end, also when its client does not wait.
	response, err := e.instance.Invoke(context.WithoutCancel(ctx), event)
	if raised := (*runtimeapi.FunctionError)(nil); err != nil && (!errors.As(err, &raised) || raised.Init) {
		return nil, errors.Join(err, e.stop())
	}
	return response, err
}

// peak is the most memory that the process has had, in bytes. Zero is not
// known. It does not wait for the event that the process works on.
func (e *environment) peak() int64 {
	e.mu.Lock()
	measure := e.measure
	e.mu.Unlock()
	if measure == nil {
		return 0
	}
	return measure()
}

// revive starts a process when there is none that runs.
func (e *environment) revive() error {
	if e.instance != nil && !e.instance.Ended() {
		return nil
	}
	if err := e.stop(); err != nil {
		return err
	}
	var err error
	e.instance, err = e.function.Start(e.lifetime)
	return err
}

// stop ends the process, if there is one.
func (e *environment) stop() error {
	instance := e.instance
	e.instance = nil
	if instance == nil {
		return nil
	}
	return instance.Close()
}

// replace puts a function in the place of the one that is there, once it has
// started. A function that does not start is closed, and the old function stays,
// unless both would listen on one port.
func (e *environment) replace(ctx context.Context, function *emulate.Function) error {
	if function.Alone {
		if err := e.clear(ctx); err != nil {
			return errors.Join(err, function.Close())
		}
	}
	instance, err := function.Start(e.lifetime)
	if err != nil {
		return errors.Join(err, function.Close())
	}
	if err := instance.Ready(ctx); err != nil {
		return errors.Join(err, instance.Close(), function.Close())
	}
	if err := e.take(ctx); err != nil {
		return errors.Join(err, instance.Close(), function.Close())
	}
	defer e.give()
	err = e.remove()
	e.function, e.instance = function, instance
	e.mu.Lock()
	defer e.mu.Unlock()
	e.measure = function.Peak
	return err
}

// clear ends and removes the function that is there, when it is its turn.
func (e *environment) clear(ctx context.Context) error {
	if err := e.take(ctx); err != nil {
		return err
	}
	defer e.give()
	return e.remove()
}

// close ends the process and removes the function. Whatever still works on an
// event then is ended with the environment's lifetime.
func (e *environment) close() error {
	e.slot <- struct{}{}
	defer e.give()
	return e.remove()
}

// remove ends and removes the function that is there.
func (e *environment) remove() error {
	err := e.stop()
	if e.function != nil {
		err = errors.Join(err, e.function.Close())
	}
	e.function = nil
	return err
}
