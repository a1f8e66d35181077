package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// function is a client of the API, as a Lambda runtime is one.
type function struct {
	t      *testing.T
	base   string
	client *http.Client
	// running are the calls that are under way.
	running *sync.WaitGroup
}

// start listens and returns the server with a client for it.
func start(t *testing.T) (*Server, function) {
	t.Helper()
	server, err := Listen()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	// What the server answers the function may arrive after Invoke has returned.
	running := &sync.WaitGroup{}
	t.Cleanup(running.Wait)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return server, function{t, fmt.Sprintf("http://127.0.0.1:%d/2018-06-01/runtime", server.Port()), &http.Client{Transport: transport}, running}
}

// next asks for an event.
func (f function) next() (http.Header, string) {
	response, err := f.client.Get(f.base + "/invocation/next")
	if !assert.NoError(f.t, err) {
		return http.Header{}, ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	assert.NoError(f.t, err)
	assert.Equal(f.t, http.StatusOK, response.StatusCode)
	return response.Header, string(body)
}

// post sends an answer and returns its status.
func (f function) post(path, body string, header map[string]string) int {
	request, err := http.NewRequest(http.MethodPost, f.base+path, strings.NewReader(body))
	if !assert.NoError(f.t, err) {
		return 0
	}
	for key, value := range header {
		request.Header.Set(key, value)
	}
	response, err := f.client.Do(request)
	if !assert.NoError(f.t, err) {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	client.running.Go(func() {
		for range 2 {
			header, event := client.next()
			id := header.Get("Lambda-Runtime-Aws-Request-Id")
			assert.Equal(t, http.StatusAccepted, client.post("/invocation/"+id+"/response", "got "+event, nil))
		}
	})
	for _, event := range []string{`{"n":1}`, `{"n":2}`} {
		response, err := server.Invoke(t.Context(), []byte(event), time.Minute)
		require.NoError(t, err)
		assert.Equal(t, "got "+event, string(response))
	}
}

func TestNextHeaders(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	headers := make(chan http.Header, 1)
	client.running.Go(func() {
		header, _ := client.next()
		headers <- header
		client.post("/invocation/"+header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "{}", nil)
	})
	before := time.Now()
	_, err := server.Invoke(t.Context(), []byte("{}"), 10*time.Second)
	require.NoError(t, err)
	header := <-headers
	assert.Equal(t, "application/json", header.Get("Content-Type"))
	assert.Equal(t, functionARN, header.Get("Lambda-Runtime-Invoked-Function-Arn"))
	assert.Regexp(t, `^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$`, header.Get("Lambda-Runtime-Trace-Id"))
	deadline, err := strconv.ParseInt(header.Get("Lambda-Runtime-Deadline-Ms"), 10, 64)
	require.NoError(t, err)
	assert.WithinRange(t, time.UnixMilli(deadline), before.Add(10*time.Second-time.Millisecond), time.Now().Add(10*time.Second))
}

func TestFunctionErrors(t *testing.T) {
	t.Parallel()
	const report = `{"errorType":"ValueError","errorMessage":"no","stackTrace":["  File \"app.py\", line 2, in handler\n    raise ValueError(\"no\")\n"]}`
	traceback := "Traceback (most recent call last):\n  File \"app.py\", line 2, in handler\n    raise ValueError(\"no\")\nValueError: no\n"
	tests := map[string]struct {
		body      string
		header    string
		init      bool
		message   string
		traceback string
	}{
		"raised":       {report, "", false, "the function raised ValueError: no", traceback},
		"not started":  {report, "", true, "the function did not start: ValueError: no", traceback},
		"no traceback": {`{"errorType":"Exit","errorMessage":""}`, "", false, "the function raised Exit", "Exit\n"},
		"not JSON":     {"out of memory", "Runtime.Crash", false, "the function raised Runtime.Crash: out of memory", "Runtime.Crash: out of memory\n"},
		"empty":        {"{}", "", false, "the function raised an unknown error", "an unknown error\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			client.running.Go(func() {
				path := "/init/error"
				if !test.init {
					header, _ := client.next()
					path = "/invocation/" + header.Get("Lambda-Runtime-Aws-Request-Id") + "/error"
				}
				header := map[string]string{"Lambda-Runtime-Function-Error-Type": test.header}
				assert.Equal(t, http.StatusAccepted, client.post(path, test.body, header))
			})
			_, err := server.Invoke(t.Context(), []byte("{}"), time.Minute)
			var raised *FunctionError
			require.ErrorAs(t, err, &raised)
			assert.EqualError(t, err, test.message)
			assert.Equal(t, test.traceback, raised.Traceback())
			assert.Equal(t, test.body, string(raised.Report))
		})
	}
}

func TestResponseTooLarge(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	client.running.Go(func() {
		header, _ := client.next()
		path := "/invocation/" + header.Get("Lambda-Runtime-Aws-Request-Id") + "/response"
		assert.Equal(t, http.StatusRequestEntityTooLarge, client.post(path, strings.Repeat("x", responseLimit+1), nil))
	})
	_, err := server.Invoke(t.Context(), []byte("{}"), time.Minute)
	assert.EqualError(t, err, "the function raised Function.ResponseSizeTooLarge: the response is larger than Lambda's limit of 6291456 bytes")
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	client.running.Go(func() { client.next() })
	_, err := server.Invoke(t.Context(), []byte("{}"), 20*time.Millisecond)
	var timeout *TimeoutError
	require.ErrorAs(t, err, &timeout)
	assert.Equal(t, 20*time.Millisecond, timeout.Limit)
	assert.EqualError(t, err, "the function timed out after 20ms: raise --timeout to give it more")
}

// A function that is still busy with what it has answered takes no event.
func TestTimeoutBeforeTheNextEvent(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	client.running.Go(func() {
		header, _ := client.next()
		client.post("/invocation/"+header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "{}", nil)
	})
	_, err := server.Invoke(t.Context(), []byte("{}"), time.Minute)
	require.NoError(t, err)
	_, err = server.Invoke(t.Context(), []byte("{}"), 20*time.Millisecond)
	assert.EqualError(t, err, "the function timed out after 20ms: raise --timeout to give it more")
}

func TestReady(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, server.Ready(soon), context.DeadlineExceeded, "it has asked for nothing")
	client.running.Go(func() {
		for range 2 {
			header, _ := client.next()
			client.post("/invocation/"+header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "{}", nil)
		}
	})
	require.NoError(t, server.Ready(t.Context()))
	for range 2 {
		_, err := server.Invoke(t.Context(), []byte("{}"), time.Minute)
		require.NoError(t, err)
		require.NoError(t, server.Ready(t.Context()), "it stays ready")
	}
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	for _, kind := range []string{"ImportError", "Later"} {
		require.Equal(t, http.StatusAccepted, client.post("/init/error", `{"errorType":"`+kind+`","errorMessage":"no module"}`, nil))
	}
	assert.EqualError(t, server.Ready(t.Context()), "the function did not start: ImportError: no module")
	_, err := server.Invoke(t.Context(), []byte("{}"), time.Minute)
	assert.EqualError(t, err, "the function did not start: ImportError: no module")
}

func TestProcessEnds(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	ctx, end := context.WithCancelCause(t.Context())
	exited := errors.New("exit status 3")
	client.running.Go(func() {
		client.next()
		end(exited)
	})
	_, err := server.Invoke(ctx, []byte("{}"), time.Minute)
	assert.ErrorIs(t, err, exited)
}

func TestProcessEndsBeforeAsking(t *testing.T) {
	t.Parallel()
	server, _ := start(t)
	ctx, end := context.WithCancelCause(t.Context())
	exited := errors.New("exit status 142")
	end(exited)
	_, err := server.Invoke(ctx, []byte("{}"), time.Minute)
	assert.ErrorIs(t, err, exited)
}

func TestInitErrorBeatsExit(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	ctx, end := context.WithCancelCause(t.Context())
	require.Equal(t, http.StatusAccepted, client.post("/init/error", `{"errorType":"ImportError","errorMessage":"no module"}`, nil))
	end(errors.New("exit status 1"))
	_, err := server.Invoke(ctx, []byte("{}"), time.Minute)
	assert.EqualError(t, err, "the function did not start: ImportError: no module")
}

func TestUnknownRequest(t *testing.T) {
	t.Parallel()
	_, client := start(t)
	assert.Equal(t, http.StatusBadRequest, client.post("/invocation/other/response", "{}", nil))
	assert.Equal(t, http.StatusBadRequest, client.post("/invocation/other/error", "{}", nil))
	assert.Equal(t, http.StatusNotFound, client.post("/unknown", "", nil))
}

func TestMissingModule(t *testing.T) {
	t.Parallel()
	const says = "Unable to import module 'app': No module named 'yaml.nodes'"
	err := &FunctionError{Init: true, Type: "Runtime.ImportModuleError", Message: says}
	require.EqualError(t, err, "the function did not start: Runtime.ImportModuleError: "+says+
		": add its package (uv add yaml, or its name on the index), or name a module of the project in `include`")
	err.Init = false
	assert.EqualError(t, err, "the function raised Runtime.ImportModuleError: "+says, "what a running function imports may be an option of its own")
}
