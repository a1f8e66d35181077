package diagnosis

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// TestEvent is an event that a function was sent, as far as it tells of failures.
type TestEvent struct {
	Event   string       `json:"event"`
	Failure *TestFailure `json:"failure"`
}

// TestFailure is what went wrong. For an exception, Message is the message of the
// exception, and else the one value that belongs to the kind.
type TestFailure struct {
	Kind    string   `json:"kind"`
	Message string   `json:"message"`
	Detail  []string `json:"detail"`
}

// explainTest tells of the first event that the function failed, and of how
// many there are.
func explainTest(f Failure) error {
	report := f.Report
	if report.Failure != nil {
		return report.Failure.explain("starting the function", f.Step)
	}
	var first *TestFailure
	what, failed := "", 0
	for _, e := range report.Events {
		if e.Failure == nil {
			continue
		}
		if failed++; first == nil {
			first, what = e.Failure, "testing "+e.Event
		}
	}
	if first == nil {
		return source.Errorf(f.Step.Source, "the test failed (%v): the build's output above says why", f.Cause)
	}
	if failed > 1 {
		what += fmt.Sprintf(" (the first of %d events that fail)", failed)
	}
	return first.explain(what, f.Step)
}

// explain gives the error of a failure while doing something.
func (f *TestFailure) explain(what string, test *plan.Step) error {
	return source.Errorf(test.Source, "%s: %s%s", what, f.reason(test), indent(f.Detail))
}

// offline are the messages of a network that is not there: name resolution
// and connecting without a route.
var offline = regexp.MustCompile(`Network is unreachable|Name or service not known|Temporary failure in name resolution|Could not connect to the endpoint URL`)

// missingModule is the message of an import that finds nothing.
var missingModule = regexp.MustCompile(`No module named '([^']+)'`)

// reason says what is wrong and what mends it.
func (f *TestFailure) reason(test *plan.Step) string {
	text := f.Message + "\n" + strings.Join(f.Detail, "\n")
	switch {
	case !test.Network && (f.Kind == "raised" || f.Kind == "init") && offline.MatchString(text):
		return fmt.Sprintf("the function raised %s: the test has no network; set `network = true` in [tool.uvlambda.test], or leave the call out", f.Message)
	case f.Kind == "raised":
		return fmt.Sprintf("the function raised %s: correct the function or the event", f.Message)
	case f.Kind == "init" && missingModule.MatchString(text):
		return fmt.Sprintf("%s: add the package that has the module with `uv add`, or copy the module with `include`", f.Message)
	case f.Kind == "init":
		return fmt.Sprintf("%s: correct the module of the handler", f.Message)
	case f.Kind == "differs":
		return fmt.Sprintf("the response differs from %s: correct the function or that file", f.Message)
	case f.Kind == "invalid":
		return "the response is not JSON: return what the json module can write"
	case f.Kind == "exit":
		return fmt.Sprintf("the function's process ended with status %s: see what it wrote last", f.Message)
	case f.Kind == "silent":
		return fmt.Sprintf("the function asked for no event within %s s: find what its import waits for, or use a base image with a Lambda runtime", f.Message)
	case f.Kind == "unasked":
		return fmt.Sprintf("nothing asked for an event within %s s: the command is no Lambda runtime, and the image has no extension in /opt/extensions, such as the Lambda Web Adapter, that makes requests of events; put one into the `base`", f.Message)
	case f.Kind == "timeout":
		return fmt.Sprintf("no answer within %s s: raise `timeout` in [tool.uvlambda.test], or find what the function waits for", f.Message)
	}
	return fmt.Sprintf("the image's entrypoint does not start (%s): use a base image with a Lambda runtime", f.Message)
}
