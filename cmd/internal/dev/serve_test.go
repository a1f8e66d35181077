package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/cmd/internal/emulate/apigateway"
	"github.com/uvlambda/uvlambda/cmd/internal/emulate/runtimeapi"
)

// gives is an invoker that always has the same outcome.
func gives(response string, err error) invoker {
	return func(context.Context, []byte) ([]byte, error) { return []byte(response), err }
}

// newDoor is a door whose function always has the same outcome, and what it
// reports and prints.
func newDoor(response string, err error) (d *door, reported, printed *strings.Builder) {
	reported, printed = &strings.Builder{}, &strings.Builder{}
	return &door{
		invoke:   gives(response, err),
		peak:     func() int64 { return 41<<20 + 1 },
		out:      printed,
		now:      func() time.Time { return time.UnixMilli(1234) },
		report:   func(err error) { reported.WriteString(err.Error()) },
		describe: func(err error) string { return "described: " + err.Error() },
	}, reported, printed
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
		"not built": {&BrokenError{errors.New("no handler")}, 503, `{"errorMessage":"described: no handler","errorType":"ServiceException"}` + "\n", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, reported, printed := newDoor(`{"n":1}`, test.err)
			got := ask(d.events(), http.MethodPost, InvokePath, `{}`)
			assert.Equal(t, fmt.Sprintf("REPORT event %d  Duration: 0.00 ms  Max Memory Used: 42 MB\n", test.status), printed.String())
			want := ""
			if test.failed {
				want = test.err.Error()
			}
			assert.Equal(t, want, reported.String())
			assert.Equal(t, test.status, got.Code)
			assert.Equal(t, test.body, got.Body.String())
			assert.Equal(t, test.failed, got.Header().Get("X-Amz-Function-Error") == "Unhandled")
		})
	}
}

func TestServeEventsRequests(t *testing.T) {
	t.Parallel()
	d, _, _ := newDoor("", nil)
	d.invoke = func(_ context.Context, event []byte) ([]byte, error) { return event, nil }
	d.out = io.Discard
	echo := d.events()
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
		"malformed": {`{"statusCode":201,"body":{}}`, nil, 500, internal, "the function returned a malformed response: json: cannot unmarshal object into Go struct field returned.body of type string"},
		"exception": {``, &runtimeapi.FunctionError{Type: "ValueError", Message: "no"}, 500, internal, "the function raised ValueError: no"},
		"timeout":   {``, &runtimeapi.TimeoutError{Limit: time.Second}, 500, internal, "the function timed out after 1s: raise --timeout to give it more"},
		"not built": {``, &BrokenError{errors.New("a < b")}, 502, "described: a < b", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, reported, printed := newDoor(test.returned, test.err)
			got := ask(d.requests(), http.MethodPut, "/a%0Ab?b=c", "x")
			assert.Equal(t, test.status, got.Code)
			assert.Equal(t, test.body, got.Body.String())
			assert.Equal(t, strconv.Itoa(len(test.body)), got.Header().Get("Content-Length"))
			assert.Equal(t, test.reported, reported.String())
			assert.Equal(t, fmt.Sprintf("REPORT PUT /a%%0Ab %d  Duration: 0.00 ms  Max Memory Used: 42 MB\n", test.status), printed.String())
		})
	}
}

// A browser gets a page, in which the error is text.
func TestServeHTTPExplains(t *testing.T) {
	t.Parallel()
	d, _, _ := newDoor("", &BrokenError{errors.New("a < b")})
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	d.requests().ServeHTTP(recorder, request)
	assert.Equal(t, http.StatusBadGateway, recorder.Code)
	assert.Equal(t, "text/html; charset=utf-8", recorder.Header().Get("Content-Type"))
	assert.Contains(t, recorder.Body.String(), ">described: a &lt; b</pre>")
}

// Memory that is not known is not in the line.
func TestServeWithoutMemory(t *testing.T) {
	t.Parallel()
	d, _, printed := newDoor("{}", nil)
	d.peak = func() int64 { return 0 }
	ask(d.requests(), http.MethodGet, "/", "")
	assert.Equal(t, "REPORT GET / 200  Duration: 0.00 ms\n", printed.String())
}

// The event is the request's, at the time that it came.
func TestServeHTTPEvent(t *testing.T) {
	t.Parallel()
	var event string
	d, _, _ := newDoor("", nil)
	d.invoke = func(_ context.Context, e []byte) ([]byte, error) {
		event = string(e)
		return []byte("{}"), nil
	}
	ask(d.requests(), http.MethodGet, "/a/b", "")
	assert.Contains(t, event, `"rawPath":"/a/b"`)
	assert.Contains(t, event, `"timeEpoch":1234`)
	assert.Regexp(t, `"requestId":"[0-9a-f-]{36}"`, event)
}

func TestServeHTTPBodies(t *testing.T) {
	t.Parallel()
	d, reported, _ := newDoor("{}", nil)
	handler := d.requests()
	got := ask(handler, http.MethodPost, "/", strings.Repeat("x", apigateway.BodyLimit+1))
	assert.Equal(t, 413, got.Code)
	assert.Equal(t, `{"message":"Request Entity Too Large"}`, got.Body.String())
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(errors.New("gone"))))
	assert.Empty(t, recorder.Body.String(), "nobody waits for an answer")
	assert.Empty(t, reported.String())
}
