package emulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/cmd/internal/emulate/runtimeapi"
)

// echo is the process of a function that answers every event with itself, but
// hangs on "hang" and exits on "exit".
func echo(ctx context.Context, port int) error {
	base := fmt.Sprintf("http://127.0.0.1:%d/2018-06-01/runtime/invocation/", port)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"next", nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		event, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			return err
		}
		switch string(event) {
		case `"hang"`:
			<-ctx.Done()
			return ctx.Err()
		case `"exit"`:
			return errors.New("exit status 3")
		}
		answer, err := client.Post(base+response.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "", strings.NewReader(string(event)))
		if err != nil {
			return err
		}
		answer.Body.Close()
	}
}

// started is a running instance of a function.
func started(t *testing.T, process func(context.Context, int) error) *Instance {
	t.Helper()
	f := &Function{Process: process, Remove: nothing, Timeout: 50 * time.Millisecond}
	instance, err := f.Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, instance.Close())
		assert.True(t, instance.Ended())
		assert.NoError(t, f.Close())
	})
	return instance
}

func TestInstance(t *testing.T) {
	t.Parallel()
	instance := started(t, echo)
	require.NoError(t, instance.Ready(t.Context()))
	for _, event := range []string{`{"n":1}`, `{"n":2}`} {
		response, err := instance.Invoke(t.Context(), []byte(event))
		require.NoError(t, err)
		assert.Equal(t, event, string(response))
	}
	assert.False(t, instance.Ended())
}

func TestInstanceThatTakesTooLong(t *testing.T) {
	t.Parallel()
	instance := started(t, echo)
	_, err := instance.Invoke(t.Context(), []byte(`"hang"`))
	var timeout *runtimeapi.TimeoutError
	require.ErrorAs(t, err, &timeout)
	assert.False(t, instance.Ended(), "it is the caller's to end")
}

func TestInstanceThatEnds(t *testing.T) {
	t.Parallel()
	instance := started(t, echo)
	_, err := instance.Invoke(t.Context(), []byte(`"exit"`))
	require.EqualError(t, err, "the function's process ended before it answered: exit status 3")
	assert.True(t, instance.Ended())
	_, err = instance.Invoke(t.Context(), []byte(`{}`))
	assert.EqualError(t, err, "the function's process ended before it answered: exit status 3")
}

func TestInstanceThatIsNoRuntime(t *testing.T) {
	t.Parallel()
	instance := started(t, func(context.Context, int) error { return nil })
	assert.EqualError(t, instance.Ready(t.Context()), "the function's process ended before it answered: its entrypoint is no Lambda runtime")
}

// An instance ends with the context that it was started in.
func TestInstanceOfACancelledContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	f := &Function{Process: echo, Remove: nothing, Timeout: time.Minute}
	instance, err := f.Start(ctx)
	require.NoError(t, err)
	require.NoError(t, instance.Ready(t.Context()))
	cancel()
	_, err = instance.Invoke(t.Context(), []byte(`"hang"`))
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, instance.Close())
}

func TestFunctionStartsAgain(t *testing.T) {
	t.Parallel()
	f := &Function{Process: echo, Remove: nothing, Timeout: time.Minute}
	for range 2 {
		instance, err := f.Start(t.Context())
		require.NoError(t, err)
		response, err := instance.Invoke(t.Context(), []byte(`1`))
		require.NoError(t, err)
		assert.Equal(t, "1", string(response))
		require.NoError(t, instance.Close())
	}
}
