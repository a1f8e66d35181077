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
	// failed receives the error of a function that did not start.
	failed chan error

	mu sync.Mutex
	// current is the event the function works on, nil before the first.
	current *invocation
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
		failed:   make(chan error, 1),
	}
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: time.Minute}
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

// Invoke hands an event to the function once it asks for one, and returns its
// response. The timeout counts from then on. A function that raises or does not
// start gives a *FunctionError; when the context ends, its cause is returned.
// Invocations are made one after the other, as Lambda does with a process.
func (s *Server) Invoke(ctx context.Context, event []byte, timeout time.Duration) ([]byte, error) {
	inv := &invocation{
		id:      uuid.NewString(),
		event:   event,
		timeout: timeout,
		outcome: make(chan outcome, 1),
	}
	start := time.NewTimer(startLimit)
	defer start.Stop()
	select {
	case s.next <- inv:
	case err := <-s.failed:
		return nil, err
	case <-ctx.Done():
		return s.ended(ctx, inv)
	case <-start.C:
		return nil, fmt.Errorf("the function asked for no event within %v: its entrypoint is no Lambda runtime", startLimit)
	}
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	select {
	case done := <-inv.outcome:
		return done.response, done.err
	case <-ctx.Done():
		return s.ended(ctx, inv)
	case <-limit.C:
		return nil, fmt.Errorf("the function timed out after %v: raise --timeout to give it more", timeout)
	}
}

// ended is the result of an invocation whose context has ended. A process that
// answers and exits makes both happen at once: the answer says more.
func (s *Server) ended(ctx context.Context, inv *invocation) ([]byte, error) {
	select {
	case err := <-s.failed:
		return nil, err
	case done := <-inv.outcome:
		return done.response, done.err
	default:
		return nil, context.Cause(ctx)
	}
}
