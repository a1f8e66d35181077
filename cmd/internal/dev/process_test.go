package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/cmd/internal/emulate"
)

// answer is what a function does with an event.
type answer func(event string) (response string, err error)

// errExit ends a function's process. Any other error is raised.
var errExit = errors.New("exit status 3")

// fake is a function whose processes are goroutines that speak to the Runtime
// API.
type fake struct {
	*emulate.Function
	// processes counts the started processes, and running the processes that run.
	processes, running atomic.Int64
	removed            atomic.Bool
}

// newFake is a function that answers in some way. One without an answer does
// not start.
func newFake(t *testing.T, does answer) *fake {
	t.Helper()
	f := &fake{}
	f.Function = &emulate.Function{
		Timeout: 10 * time.Second,
		Process: func(ctx context.Context, port int) error {
			f.processes.Add(1)
			f.running.Add(1)
			defer f.running.Add(-1)
			return speak(ctx, apiAt(port), does)
		},
		Remove: func() error {
			assert.Zero(t, f.running.Load(), "a process still runs")
			assert.False(t, f.removed.Swap(true), "it is removed once")
			return nil
		},
	}
	return f
}

// apiAt is the address of the Runtime API at a port.
func apiAt(port int) string {
	return fmt.Sprintf("http://127.0.0.1:%d/2018-06-01/runtime/", port)
}

// speak is a function's process.
func speak(ctx context.Context, api string, does answer) error {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	if does == nil {
		_, _, err := call(ctx, client, http.MethodPost, api+"init/error", `{"errorType":"ImportError","errorMessage":"no module"}`)
		return errors.Join(err, errExit)
	}
	for {
		header, event, err := call(ctx, client, http.MethodGet, api+"invocation/next", "")
		if err != nil {
			return err
		}
		invocation := api + "invocation/" + header.Get("Lambda-Runtime-Aws-Request-Id")
		response, err := does(event)
		switch {
		case errors.Is(err, errExit):
			return err
		case err != nil:
			_, _, err = call(ctx, client, http.MethodPost, invocation+"/error", fmt.Sprintf(`{"errorType":"ValueError","errorMessage":%q}`, err))
		default:
			_, _, err = call(ctx, client, http.MethodPost, invocation+"/response", response)
		}
		if err != nil {
			return err
		}
	}
}

func call(ctx context.Context, client *http.Client, method, url, body string) (http.Header, string, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return response.Header, string(data), err
}

// says is a function that always gives the same response.
func says(response string) answer {
	return func(string) (string, error) { return response, nil }
}
