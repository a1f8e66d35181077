package runtimeapi

import (
	"regexp"
	"strings"
)

// FunctionError is an error that the function itself reported.
type FunctionError struct {
	// Init is set when the function did not start.
	Init bool
	// Type is the kind of error, the exception's class in Python.
	Type    string
	Message string
	// Stack are the lines of the traceback, innermost last.
	Stack []string
	// Report is the error as the function sent it. It is empty when Lambda
	// itself found the error.
	Report []byte
}

// Error is the error in one line.
func (e *FunctionError) Error() string {
	what := "the function raised "
	if e.Init {
		what = "the function did not start: "
	}
	return what + e.summary() + e.remedy()
}

// missingModule is what Python says of a module that is not there.
var missingModule = regexp.MustCompile(`No module named '(\w+)`)

// remedy is what to do about an error of the start, if that is plain.
func (e *FunctionError) remedy() string {
	missing := missingModule.FindStringSubmatch(e.Message)
	if !e.Init || missing == nil {
		return ""
	}
	return ": add its package (uv add " + missing[1] + ", or its name on the index), or name a module of the project in `include`"
}

// Traceback is the error as Python prints an exception that nothing handles.
func (e *FunctionError) Traceback() string {
	var text strings.Builder
	if len(e.Stack) > 0 {
		text.WriteString("Traceback (most recent call last):\n")
	}
	for _, line := range e.Stack {
		text.WriteString(strings.TrimRight(line, "\n"))
		text.WriteString("\n")
	}
	text.WriteString(e.summary())
	text.WriteString("\n")
	return text.String()
}

// summary is the type with the message.
func (e *FunctionError) summary() string {
	kind := e.Type
	if kind == "" {
		kind = "an unknown error"
	}
	if e.Message == "" {
		return kind
	}
	return kind + ": " + e.Message
}
