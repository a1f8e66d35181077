package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/uvlambda/uvlambda/cmd/internal/emulate/apigateway"
	"github.com/uvlambda/uvlambda/cmd/internal/emulate/runtimeapi"
)

// InvokePath is where Lambda's Runtime Interface Emulator takes events. The Lambda
// API takes events for a function named "function" there.
const InvokePath = "/2015-03-31/functions/function/invocations"

// eventLimit is the largest event of a synchronous invocation, in bytes: 6 MB,
// from the Developer Guide's "Lambda quotas".
const eventLimit = 6 << 20

// invoker gives the function an event and returns its response.
type invoker func(ctx context.Context, event []byte) ([]byte, error)

// door is where events and requests come in.
type door struct {
	invoke invoker
	// peak is the most memory that the function has had, in bytes. Zero is not
	// known.
	peak func() int64
	// out receives a line for every answer, report an error of the function.
	out    io.Writer
	now    func() time.Time
	report func(error)
	// describe is the text of an error that is an answer.
	describe func(error) string
}

// call gives the function an event, and reports an error of its own. One of the
// build has been reported by the build.
func (d *door) call(ctx context.Context, event []byte) ([]byte, error) {
	response, err := d.invoke(ctx, event)
	_, broken := errors.AsType[*BrokenError](err)
	if err != nil && !broken && ctx.Err() == nil {
		d.report(err)
	}
	return response, err
}

// finish writes a line about an answer, in the words of Lambda's own.
func (d *door) finish(what string, status int, started time.Time) {
	line := fmt.Sprintf("REPORT %s %d  Duration: %.2f ms", what, status, float64(d.now().Sub(started))/float64(time.Millisecond))
	if peak := d.peak(); peak > 0 {
		line += fmt.Sprintf("  Max Memory Used: %d MB", (peak+1<<20-1)>>20)
	}
	fmt.Fprintln(d.out, line)
}

// answerBuffer keeps an answer until it is whole.
type answerBuffer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader notes the status.
func (a *answerBuffer) WriteHeader(status int) { a.status = status }

// Write notes the body.
func (a *answerBuffer) Write(p []byte) (int, error) { return a.body.Write(p) }

// send sends all of the answer, so that the client has it before anything else
// is done.
func (a *answerBuffer) send() {
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		a.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	}
	a.ResponseWriter.WriteHeader(a.status)
	// The client has gone when this fails, or wants no body.
	_, _ = a.ResponseWriter.Write(a.body.Bytes())
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

// reported has a line written about every answer of a handler.
func (d *door) reported(what func(*http.Request) string, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		started := d.now()
		answer := &answerBuffer{ResponseWriter: w, status: http.StatusOK}
		handler(answer, r)
		if r.Context().Err() != nil {
			return
		}
		answer.send()
		d.finish(what(r), answer.status, started)
	}
}

// events is the door that takes events as they are, and answers as the emulator
// does: with status 200 also for an error of the function's own, which a header
// tells, as of the Lambda API, from a response.
func (d *door) events() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+InvokePath, d.reported(func(*http.Request) string { return "event" }, d.serveEvent))
	return mux
}

func (d *door) serveEvent(w http.ResponseWriter, r *http.Request) {
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, eventLimit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		fail(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", fmt.Sprintf("the event is larger than Lambda's limit of %d bytes", eventLimit))
		return
	}
	if err != nil {
		// The client has gone.
		return
	}
	if len(event) == 0 {
		event = []byte("{}")
	}
	if !json.Valid(event) {
		fail(w, http.StatusBadRequest, "InvalidRequestContentException", "the event is not JSON, which is all that Lambda passes on")
		return
	}
	response, err := d.call(r.Context(), event)
	if err != nil {
		d.failEvent(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// The client has gone when this fails.
	_, _ = w.Write(response)
}

// failEvent answers an event that has no response.
func (d *door) failEvent(w http.ResponseWriter, err error) {
	var raised *runtimeapi.FunctionError
	var timeout *runtimeapi.TimeoutError
	if broken, ok := errors.AsType[*BrokenError](err); ok {
		fail(w, http.StatusServiceUnavailable, "ServiceException", d.describe(broken.Err))
		return
	}
	w.Header().Set("X-Amz-Function-Error", "Unhandled")
	switch {
	case errors.As(err, &raised) && len(raised.Report) > 0:
		w.Header().Set("Content-Type", "application/json")
		if raised.Init {
			w.WriteHeader(http.StatusBadGateway)
		}
		_, _ = w.Write(raised.Report)
	case errors.As(err, &raised):
		fail(w, http.StatusOK, raised.Type, raised.Message)
	case errors.As(err, &timeout):
		fmt.Fprintf(w, "Task timed out after %.2f seconds", timeout.Limit.Seconds())
	default:
		fail(w, http.StatusBadGateway, "Runtime.ExitError", err.Error())
	}
}

// fail answers with an error in the form of a function's.
func fail(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorType": kind, "errorMessage": message})
}

// requests serves the function over HTTP: it turns requests into events, and the
// function's results into responses. It reports the cause of each internal error.
func (d *door) requests() http.Handler {
	return d.reported(func(r *http.Request) string { return r.Method + " " + r.URL.EscapedPath() }, d.serveRequest)
}

func (d *door) serveRequest(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, apigateway.BodyLimit)
	event, err := apigateway.Event(r, apigateway.Arrival{Time: d.now(), ID: uuid.NewString()})
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		apigateway.TooLarge().Write(w)
		return
	}
	if err != nil {
		// The client has gone.
		return
	}
	returned, err := d.call(r.Context(), event)
	if broken, ok := errors.AsType[*BrokenError](err); ok {
		apigateway.Explanation(d.describe(broken.Err), r.Header.Get("Accept")).Write(w)
		return
	}
	if err != nil {
		apigateway.Failure().Write(w)
		return
	}
	response, err := apigateway.ParseResponse(returned)
	if err != nil {
		d.report(err)
		response = apigateway.Failure()
	}
	response.Write(w)
}
