package emulate

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/uvlambda/uvlambda/cmd/internal/emulate/runtimeapi"
)

// Function is an image that is ready to be started, one process at a time.
type Function struct {
	// Process runs the function's process until it ends or the context does. The
	// Runtime API listens on the port, on loopback.
	Process func(ctx context.Context, port int) error
	// Peak is the most memory that the process under way has had, in bytes. Zero
	// is not known; a nil Peak never knows.
	Peak func() int64
	// Remove deletes what was put on this machine to run it.
	Remove func() error
	// Timeout is how long the function may work on an event.
	Timeout time.Duration
	// Memory is the limit that the process runs under, in MB; zero is none.
	Memory int
	// Alone is set when no two processes of the function can run at once, since they
	// would listen on one port.
	Alone bool
}

// newFunction is a function that runs as the options say.
func newFunction(opts Options, process func(context.Context, int) error, peak func() int64, remove func() error) *Function {
	return &Function{Process: process, Peak: peak, Remove: remove, Timeout: opts.Timeout, Memory: opts.Memory, Alone: opts.Alone}
}

// Instance is a running process of a function.
type Instance struct {
	api     *runtimeapi.Server
	timeout time.Duration
	// end ends the process for a reason.
	end context.CancelCauseFunc
	// ended is closed when the process has ended, for the reason err.
	ended chan struct{}
	err   error
}

// errClosed is why a process ends that is needed no longer.
var errClosed = errors.New("the function was stopped")

// Close removes the function from this machine. No instance of it may run.
func (f *Function) Close() error { return f.Remove() }

// Start starts the function's process, which ends with the instance or with the
// context.
func (f *Function) Start(ctx context.Context) (*Instance, error) {
	api, err := runtimeapi.Listen()
	if err != nil {
		return nil, err
	}
	running, end := context.WithCancelCause(ctx)
	i := &Instance{api: api, timeout: f.Timeout, end: end, ended: make(chan struct{})}
	go func() {
		defer close(i.ended)
		err := f.Process(running, api.Port())
		end(exited(err, f.Memory))
		// The reason that came first is why it ended.
		i.err = context.Cause(running)
	}()
	return i, nil
}

// Ready waits until the function has started and asks for its first event. One
// that does not start gives a *runtimeapi.FunctionError.
func (i *Instance) Ready(ctx context.Context) error {
	running, stop := i.whileRunning(ctx)
	defer stop()
	return i.api.Ready(running)
}

// Invoke gives the function an event and returns its response. An exception is
// a *runtimeapi.FunctionError, and the function goes on after it; after any
// other error it does not.
func (i *Instance) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	running, stop := i.whileRunning(ctx)
	defer stop()
	return i.api.Invoke(running, event, i.timeout)
}

// whileRunning is a context that also ends with the process.
func (i *Instance) whileRunning(ctx context.Context) (context.Context, func()) {
	running, end := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-i.ended:
			end(i.err)
		case <-running.Done():
		}
	}()
	return running, func() { end(nil) }
}

// Ended reports whether the process has ended.
func (i *Instance) Ended() bool {
	select {
	case <-i.ended:
		return true
	default:
		return false
	}
}

// Close ends the process and waits for its end.
func (i *Instance) Close() error {
	i.end(errClosed)
	<-i.ended
	return i.api.Close()
}

// killedStatus is the exit status of a process that SIGKILL ended, as the
// kernel does to one that goes over its memory limit.
const killedStatus = 128 + 9

// exited is the error of a process that ended before it was stopped.
func exited(err error, memory int) error {
	if err == nil {
		return errors.New("the function's process ended before it answered: its entrypoint is no Lambda runtime")
	}
	var status *exec.ExitError
	if memory > 0 && errors.As(err, &status) && status.ExitCode() == killedStatus {
		return fmt.Errorf("the function's process was killed, most likely for using more than %d MB: raise --memory", memory)
	}
	return fmt.Errorf("the function's process ended before it answered: %w", err)
}
