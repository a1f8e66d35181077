// Package runtimeapi is AWS Lambda's Runtime API, version 2018-06-01, on a
// loopback address: what a function's process asks for its next event and
// answers to. The API is documented in the AWS Lambda Developer Guide, "Using
// the Lambda runtime API for custom runtimes".
package runtimeapi

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/uvlambda/uvlambda/cmd/internal/emulate/loopback"
)

// startLimit is how long a function may take before it asks for its first
// event. It is far above Lambda's own limit, which a function on an emulated
// processor cannot keep.
const startLimit = 5 * time.Minute

// Server is a running Runtime API for one function process.
type Server struct {
	http     *http.Server
	listener net.Listener
	// next hands an event to the function's waiting request.
	next chan *invocation
	// asked is closed when the function first asks for an event.
	asked chan struct{}
	// failed is closed when the function reports that it did not start.
	failed chan struct{}

	mu sync.Mutex
	// current is the event the function works on, nil before the first.
	current *invocation

	ready sync.Once
	fail  sync.Once
	// failure is set when failed is closed.
	failure *FunctionError
}

// TimeoutError is the error of a function that took too long for an event. The
// function may still work on it: Lambda ends such a process.
type TimeoutError struct {
	// Limit is how long the function may take.
	Limit time.Duration
}

// Error is the error in one line.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("the function timed out after %v: raise --timeout to give it more", e.Limit)
}

// invocation is one event on its way through the function.
type invocation struct {
	id      string
	event   []byte
	timeout time.Duration
	outcome chan outcome
}

// outcome is what became of an invocation.
type outcome struct {
	response []byte
	err      error
}

// Listen starts a Runtime API on a free port of the loopback interface.
func Listen() (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the Lambda Runtime API: %w", err)
	}
	s := &Server{
		listener: listener,
		next:     make(chan *invocation),
		asked:    make(chan struct{}),
		failed:   make(chan struct{}),
	}
	s.http = &http.Server{Handler: loopback.Protect(listener, s.routes()), ReadHeaderTimeout: time.Minute}
	// Serve ends with an error that Close causes.
	go func() { _ = s.http.Serve(listener) }()
	return s, nil
}

// Port is the TCP port that the server listens on.
func (s *Server) Port() int {
	return s.listener.Addr().(*net.TCPAddr).Port
}

// Close stops the server and drops the function's connection.
func (s *Server) Close() error {
	return s.http.Close()
}

// Ready waits until the function asks for its first event: it has then run the
// code outside of its handler. A function that does not start gives a
// *FunctionError; when the context ends, its cause is returned.
func (s *Server) Ready(ctx context.Context) error {
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	select {
	case <-s.asked:
		return nil
	case <-s.failed:
		return s.failure
	case <-ctx.Done():
		return s.ended(ctx)
	case <-limit.C:
		return fmt.Errorf("the function asked for no event within %v: its entrypoint is no Lambda runtime", startLimit)
	}
}

// Invoke waits until the function is ready, hands it an event, and returns its
// response. The timeout counts from when the function is ready. A function that
// raises or does not start gives a *FunctionError, one that takes too long a
// *TimeoutError; when the context ends, its cause is returned. Invocations are
// made one after the other, as Lambda does with a process.
func (s *Server) Invoke(ctx context.Context, event []byte, timeout time.Duration) ([]byte, error) {
	if err := s.Ready(ctx); err != nil {
		return nil, err
	}
	inv := &invocation{
		id:      uuid.NewString(),
		event:   event,
		timeout: timeout,
		outcome: make(chan outcome, 1),
	}
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	select {
	case s.next <- inv:
	case <-ctx.Done():
		return nil, s.ended(ctx)
	case <-limit.C:
		return nil, &TimeoutError{Limit: timeout}
	}
	select {
	case done := <-inv.outcome:
		return done.response, done.err
	case <-ctx.Done():
		// A process that answers and exits makes both happen at once: the answer
		// says more.
		select {
		case done := <-inv.outcome:
			return done.response, done.err
		default:
			return nil, s.ended(ctx)
		}
	case <-limit.C:
		return nil, &TimeoutError{Limit: timeout}
	}
}

// ended is why there is no answer when the context has ended. A process that
// reports why it did not start exits right after: the report says more.
func (s *Server) ended(ctx context.Context) error {
	select {
	case <-s.failed:
		return s.failure
	default:
		return context.Cause(ctx)
	}
}
