package dev

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/uvlambda/uvlambda/cmd/internal/apigateway"
	"github.com/uvlambda/uvlambda/cmd/internal/runtimeapi"
)

// InvokePath is where Lambda's Runtime Interface Emulator takes events, and the
// Lambda API those of a function of this name.
const InvokePath = "/2015-03-31/functions/function/invocations"

// eventLimit is the largest event of a synchronous invocation, in bytes: 6 MB,
// from the Developer Guide's "Lambda quotas".
const eventLimit = 6 << 20

// invoker gives the function an event and returns its response.
type invoker func(ctx context.Context, event []byte) ([]byte, error)

// serveEvents is the door that takes events as they are, and answers as the
// emulator does: with status 200 also for an error of the function's own, which
// a header tells, as of the Lambda API, from a response.
func serveEvents(invoke invoker) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+InvokePath, func(w http.ResponseWriter, r *http.Request) {
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
		response, err := invoke(r.Context(), event)
		if err != nil {
			failEvent(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		// The client has gone when this fails.
		_, _ = w.Write(response)
	})
	return mux
}

// failEvent answers an event that has no response.
func failEvent(w http.ResponseWriter, err error) {
	var raised *runtimeapi.FunctionError
	var timeout *runtimeapi.TimeoutError
	if errors.Is(err, errNotBuilt) {
		fail(w, http.StatusServiceUnavailable, "ServiceException", err.Error())
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

// serveHTTP is the door that makes events of requests, and responses of what
// the function returns. Why a client is told of an internal error is reported.
func serveHTTP(invoke invoker, now func() time.Time, report func(error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, apigateway.BodyLimit)
		event, err := apigateway.Event(r, apigateway.Arrival{Time: now(), ID: uuid.NewString()})
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			apigateway.TooLarge().Write(w)
			return
		}
		if err != nil {
			// The client has gone.
			return
		}
		returned, err := invoke(r.Context(), event)
		if err != nil {
			if r.Context().Err() == nil {
				report(fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err))
			}
			apigateway.Failure().Write(w)
			return
		}
		response, err := apigateway.ParseResponse(returned)
		if err != nil {
			report(fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err))
			response = apigateway.Failure()
		}
		response.Write(w)
	})
}
