package dev

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/cmd/internal/apigateway"
	"github.com/uvlambda/uvlambda/cmd/internal/runtimeapi"
)

// gives is an invoker that always has the same outcome.
func gives(response string, err error) invoker {
	return func(context.Context, []byte) ([]byte, error) { return []byte(response), err }
}

// ask sends a request to a handler.
func ask(handler http.Handler, method, path, body string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
	return recorder
}

func TestServeEvents(t *testing.T) {
	t.Parallel()
	report := `{"errorType":"ValueError","errorMessage":"no","stackTrace":[]}`
	tests := map[string]struct {
		err    error
		status int
		body   string
		failed bool
	}{
		"response":          {nil, 200, `{"n":1}`, false},
		"exception":         {&runtimeapi.FunctionError{Type: "ValueError", Report: []byte(report)}, 200, report, true},
		"not started again": {&runtimeapi.FunctionError{Init: true, Report: []byte(report)}, 502, report, true},
		"found by Lambda": {&runtimeapi.FunctionError{Type: "Function.ResponseSizeTooLarge", Message: "large"}, 200,
			`{"errorMessage":"large","errorType":"Function.ResponseSizeTooLarge"}` + "\n", true},
		"timeout":   {&runtimeapi.TimeoutError{Limit: 3 * time.Second}, 200, "Task timed out after 3.00 seconds", true},
		"exit":      {errExit, 502, `{"errorMessage":"exit status 3","errorType":"Runtime.ExitError"}` + "\n", true},
		"not built": {fmt.Errorf("first: %w", errNotBuilt), 503, `{"errorMessage":"first: the function is not built yet: its terminal says why","errorType":"ServiceException"}` + "\n", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ask(serveEvents(gives(`{"n":1}`, test.err)), http.MethodPost, InvokePath, `{}`)
			assert.Equal(t, test.status, got.Code)
			assert.Equal(t, test.body, got.Body.String())
			assert.Equal(t, test.failed, got.Header().Get("X-Amz-Function-Error") == "Unhandled")
		})
	}
}

func TestServeEventsRequests(t *testing.T) {
	t.Parallel()
	echo := serveEvents(func(_ context.Context, event []byte) ([]byte, error) { return event, nil })
	tests := map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"event":     {http.MethodPost, InvokePath, `{"a": [1]}`, 200, `{"a": [1]}`},
		"no event":  {http.MethodPost, InvokePath, ``, 200, `{}`},
		"no JSON":   {http.MethodPost, InvokePath, `a: 1`, 400, `{"errorMessage":"the event is not JSON, which is all that Lambda passes on","errorType":"InvalidRequestContentException"}` + "\n"},
		"too large": {http.MethodPost, InvokePath, strings.Repeat(" ", eventLimit) + "1", 413, `{"errorMessage":"the event is larger than Lambda's limit of 6291456 bytes","errorType":"RequestEntityTooLargeException"}` + "\n"},
		"method":    {http.MethodGet, InvokePath, ``, 405, "Method Not Allowed\n"},
		"path":      {http.MethodPost, "/", `{}`, 404, "404 page not found\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ask(echo, test.method, test.path, test.body)
			assert.Equal(t, test.status, got.Code)
			assert.Equal(t, test.want, got.Body.String())
		})
	}
}

func TestServeHTTP(t *testing.T) {
	t.Parallel()
	const internal = `{"message":"Internal Server Error"}`
	tests := map[string]struct {
		returned string
		err      error
		status   int
		body     string
		reported string
	}{
		"response":  {`{"statusCode":201,"body":"made"}`, nil, 201, "made", ""},
		"inferred":  {`{"n":1}`, nil, 200, `{"n":1}`, ""},
		"malformed": {`{"statusCode":201,"body":{}}`, nil, 500, internal, "PUT /a: the function returned a malformed response: json: cannot unmarshal object into Go struct field returned.body of type string"},
		"exception": {``, &runtimeapi.FunctionError{Type: "ValueError", Message: "no"}, 500, internal, "PUT /a: the function raised ValueError: no"},
		"timeout":   {``, &runtimeapi.TimeoutError{Limit: time.Second}, 500, internal, "PUT /a: the function timed out after 1s: raise --timeout to give it more"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reported := ""
			handler := serveHTTP(gives(test.returned, test.err), time.Now, func(err error) { reported = err.Error() })
			got := ask(handler, http.MethodPut, "/a?b=c", "x")
			assert.Equal(t, test.status, got.Code)
			assert.Equal(t, test.body, got.Body.String())
			assert.Equal(t, test.reported, reported)
		})
	}
}

// The event is the request's, at the time that it came.
func TestServeHTTPEvent(t *testing.T) {
	t.Parallel()
	var event string
	handler := serveHTTP(func(_ context.Context, e []byte) ([]byte, error) {
		event = string(e)
		return []byte("{}"), nil
	}, func() time.Time { return time.UnixMilli(1234) }, nil)
	ask(handler, http.MethodGet, "/a/b", "")
	assert.Contains(t, event, `"rawPath":"/a/b"`)
	assert.Contains(t, event, `"timeEpoch":1234`)
	assert.Regexp(t, `"requestId":"[0-9a-f-]{36}"`, event)
}

func TestServeHTTPBodies(t *testing.T) {
	t.Parallel()
	handler := serveHTTP(gives("{}", nil), time.Now, func(err error) { assert.NoError(t, err) })
	got := ask(handler, http.MethodPost, "/", strings.Repeat("x", apigateway.BodyLimit+1))
	assert.Equal(t, 413, got.Code)
	assert.Equal(t, `{"message":"Request Entity Too Large"}`, got.Body.String())
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(errors.New("gone"))))
	assert.Empty(t, recorder.Body.String(), "nobody waits for an answer")
}
