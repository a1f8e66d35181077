package runtimeapi

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// responseLimit is the greatest response of a synchronous invocation, in
// bytes: 6 MB, from the Developer Guide's "Lambda quotas".
const responseLimit = 6 << 20

// functionARN is the function's name in the API's answers. The account is the
// one that AWS uses in its documentation.
const functionARN = "arn:aws:lambda:us-east-1:123456789012:function:function"

// routes are the API's requests.
func (s *Server) routes() http.Handler {
	const root = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"invocation/next", s.serveNext)
	mux.HandleFunc("POST "+root+"invocation/{id}/response", s.serveResponse)
	mux.HandleFunc("POST "+root+"invocation/{id}/error", s.serveError)
	mux.HandleFunc("POST "+root+"init/error", s.serveInitError)
	extensionRoutes(mux)
	return mux
}

// serveNext waits for an event and hands it out.
func (s *Server) serveNext(w http.ResponseWriter, r *http.Request) {
	s.ready.Do(func() { close(s.asked) })
	select {
	case <-r.Context().Done():
	case inv := <-s.next:
		s.mu.Lock()
		s.current = inv
		s.mu.Unlock()
		header := w.Header()
		// AWS's Python runtime client crashes when the trace ID or the content
		// type is missing.
		header.Set("Content-Type", "application/json")
		header.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
		header.Set("Lambda-Runtime-Trace-Id", traceID(time.Now()))
		header.Set("Lambda-Runtime-Invoked-Function-Arn", functionARN)
		header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(inv.timeout).UnixMilli(), 10))
		// The function has gone when this fails, which its runner reports.
		_, _ = w.Write(inv.event)
	}
}

// serveResponse takes the function's response.
func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request) {
	inv := s.invocation(w, r)
	if inv == nil {
		return
	}
	response, err := io.ReadAll(http.MaxBytesReader(w, r.Body, responseLimit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		inv.finish(outcome{err: &FunctionError{
			Type:    "Function.ResponseSizeTooLarge",
			Message: fmt.Sprintf("the response is larger than Lambda's limit of %d bytes", responseLimit),
		}})
		answer(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge")
	case err != nil:
		inv.finish(outcome{err: fmt.Errorf("reading the function's response: %w", err)})
	default:
		inv.finish(outcome{response: response})
		answer(w, http.StatusAccepted, "")
	}
}

// serveError takes the error of a function that raised one.
func (s *Server) serveError(w http.ResponseWriter, r *http.Request) {
	if inv := s.invocation(w, r); inv != nil {
		inv.finish(outcome{err: readError(w, r)})
		answer(w, http.StatusAccepted, "")
	}
}

// serveInitError takes the error of a function that did not start.
func (s *Server) serveInitError(w http.ResponseWriter, r *http.Request) {
	err := readError(w, r)
	err.Init = true
	// The first error is why it did not start.
	s.fail.Do(func() {
		s.failure = err
		close(s.failed)
	})
	answer(w, http.StatusAccepted, "")
}

// invocation is the one that the request names. Any other is refused.
func (s *Server) invocation(w http.ResponseWriter, r *http.Request) *invocation {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil || s.current.id != r.PathValue("id") {
		answer(w, http.StatusBadRequest, "InvalidRequestID")
		return nil
	}
	return s.current
}

// finish settles an invocation. Only its first outcome counts.
func (i *invocation) finish(o outcome) {
	select {
	case i.outcome <- o:
	default:
	}
}

// readError reads an error as the function's runtime reports it. When the body
// cannot be read, the error has only its type, which is also in a header.
func readError(w http.ResponseWriter, r *http.Request) *FunctionError {
	raised := &FunctionError{Type: r.Header.Get("Lambda-Runtime-Function-Error-Type")}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, responseLimit))
	if err != nil {
		return raised
	}
	raised.Report = body
	var report struct {
		Type    string   `json:"errorType"`
		Message string   `json:"errorMessage"`
		Stack   []string `json:"stackTrace"`
	}
	if err := json.Unmarshal(body, &report); err != nil {
		raised.Message = strings.TrimSpace(string(body))
		return raised
	}
	if report.Type != "" {
		raised.Type = report.Type
	}
	raised.Message, raised.Stack = report.Message, report.Stack
	return raised
}

// answer ends a request with the API's JSON for a status or an error.
func answer(w http.ResponseWriter, status int, failure string) {
	body := map[string]string{"status": "OK"}
	if failure != "" {
		body = map[string]string{"errorType": failure, "errorMessage": http.StatusText(status)}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The function has gone when this fails, which its runner reports.
	_ = json.NewEncoder(w).Encode(body)
}

// traceID is a fresh X-Ray trace that is not sampled. Its form is in the AWS
// X-Ray Developer Guide, "Tracing header".
func traceID(now time.Time) string {
	var random [20]byte
	// crypto/rand never fails.
	_, _ = rand.Read(random[:])
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0",
		now.Unix(), hex.EncodeToString(random[:12]), hex.EncodeToString(random[12:]))
}
