package dev

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settledWith is an environment with a function that has started.
func settledWith(t *testing.T, f *fake) *environment {
	t.Helper()
	e := newEnvironment(t.Context())
	t.Cleanup(func() { assert.NoError(t, e.close()) })
	require.NoError(t, e.replace(t.Context(), f.Function))
	e.release()
	return e
}

func TestOneEventAtATime(t *testing.T) {
	t.Parallel()
	var working, events atomic.Int64
	f := newFake(t, func(event string) (string, error) {
		assert.Equal(t, int64(1), working.Add(1))
		time.Sleep(5 * time.Millisecond)
		working.Add(-1)
		events.Add(1)
		return event, nil
	})
	e := settledWith(t, f)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			response, err := e.Invoke(t.Context(), []byte("1"))
			require.NoError(t, err)
			assert.Equal(t, "1", string(response))
		})
	}
	clients.Wait()
	assert.Equal(t, int64(8), events.Load())
	assert.Equal(t, int64(1), f.processes.Load(), "one process has them all")
}

// A process goes on after an exception, and one that ends is followed by
// another.
func TestProcesses(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(event string) (string, error) {
		switch event {
		case `"exit"`:
			return "", errExit
		case `"raise"`:
			return "", errors.New("no")
		case `"hang"`:
			time.Sleep(time.Second)
		}
		return event, nil
	})
	f.Timeout = 200 * time.Millisecond
	e := settledWith(t, f)
	tests := []struct {
		event     string
		err       string
		processes int64
	}{
		{`1`, "", 1},
		{`"raise"`, "the function raised ValueError: no", 1},
		{`2`, "", 1},
		{`"exit"`, "the function's process ended before it answered: exit status 3", 1},
		{`3`, "", 2},
		{`"hang"`, "the function timed out after 200ms: raise --timeout to give it more", 2},
		{`4`, "", 3},
	}
	for _, test := range tests {
		response, err := e.Invoke(t.Context(), []byte(test.event))
		if test.err == "" {
			require.NoError(t, err)
			assert.Equal(t, test.event, string(response))
		} else {
			require.EqualError(t, err, test.err)
		}
		assert.Equal(t, test.processes, f.processes.Load(), test.event)
	}
}

// An event goes on without its client, and the next one waits for it.
func TestEventWithoutClient(t *testing.T) {
	t.Parallel()
	began, done := make(chan struct{}), make(chan struct{})
	e := settledWith(t, newFake(t, func(event string) (string, error) {
		if event == `"slow"` {
			close(began)
			time.Sleep(50 * time.Millisecond)
			close(done)
		}
		return event, nil
	}))
	client, leave := context.WithCancel(t.Context())
	var first sync.WaitGroup
	first.Go(func() { _, _ = e.Invoke(client, []byte(`"slow"`)) })
	<-began
	leave()
	_, err := e.Invoke(t.Context(), []byte("1"))
	require.NoError(t, err)
	select {
	case <-done:
	default:
		assert.Fail(t, "the first event was not worked on to its end")
	}
	first.Wait()
}

// Clients that wait may leave.
func TestWaitingClientLeaves(t *testing.T) {
	t.Parallel()
	e := settledWith(t, newFake(t, says("1")))
	client, leave := context.WithCancel(t.Context())
	leave()
	e.hold()
	_, err := e.Invoke(client, nil)
	require.ErrorIs(t, err, context.Canceled)
	e.release()
	require.NoError(t, e.take(t.Context()))
	_, err = e.Invoke(client, nil)
	require.ErrorIs(t, err, context.Canceled)
	e.give()
}

func TestReplace(t *testing.T) {
	t.Parallel()
	before, after := newFake(t, says("1")), newFake(t, says("2"))
	e := settledWith(t, before)
	e.hold()
	e.hold()
	got := make(chan string)
	go func() {
		response, err := e.Invoke(t.Context(), []byte("{}"))
		assert.NoError(t, err)
		got <- string(response)
	}()
	require.NoError(t, e.replace(t.Context(), after.Function))
	assert.True(t, before.removed.Load())
	e.release()
	select {
	case <-got:
		assert.Fail(t, "the event did not wait for the second change")
	case <-time.After(20 * time.Millisecond):
	}
	e.release()
	assert.Equal(t, "2", <-got)
}

// A function that does not start leaves the other one where it is.
func TestReplaceByWhatDoesNotStart(t *testing.T) {
	t.Parallel()
	good, broken := newFake(t, says("1")), newFake(t, nil)
	e := settledWith(t, good)
	require.EqualError(t, e.replace(t.Context(), broken.Function), "the function did not start: ImportError: no module")
	assert.True(t, broken.removed.Load())
	assert.False(t, good.removed.Load())
	response, err := e.Invoke(t.Context(), []byte("{}"))
	require.NoError(t, err)
	assert.Equal(t, "1", string(response))
}

func TestNothingBuilt(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t.Context())
	mistake := errors.New("no handler")
	e.settle(mistake)
	e.release()
	var broken *BrokenError
	_, err := e.Invoke(t.Context(), []byte("{}"))
	require.ErrorAs(t, err, &broken)
	require.ErrorIs(t, err, mistake)
	e.settle(nil)
	_, err = e.Invoke(t.Context(), []byte("{}"))
	require.ErrorIs(t, err, errStopped)
	require.Zero(t, e.peak())
	require.NoError(t, e.close())
}

// The end of the environment's lifetime ends an event too.
func TestLifetimeEnds(t *testing.T) {
	t.Parallel()
	lifetime, end := context.WithCancel(t.Context())
	began := make(chan struct{})
	f := newFake(t, nil)
	f.Process = func(ctx context.Context, port int) error {
		return speak(ctx, apiAt(port), func(string) (string, error) {
			close(began)
			<-ctx.Done()
			return "", errExit
		})
	}
	e := newEnvironment(lifetime)
	require.NoError(t, e.replace(t.Context(), f.Function))
	e.release()
	ended := make(chan error)
	go func() {
		_, err := e.Invoke(t.Context(), []byte("{}"))
		ended <- err
	}()
	<-began
	end()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.NoError(t, e.close())
	assert.True(t, f.removed.Load())
}
