package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/moby/buildkit/solver/errdefs"

	"github.com/uvlambda/uvlambda/cmd/internal/colour"
	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
)

// exitInterrupted is the shell's exit status for a command ended by SIGINT.
const exitInterrupted = 130

// errInterrupted is the failure of a command that a signal ended.
var errInterrupted = errors.New("interrupted")

// errFound is the failure of a check that has printed its findings.
var errFound = errors.New("the check has found something")

// report prints an error for people: the lines it is about, then one message.
func report(w io.Writer, err error) {
	if _, told := errors.AsType[*rootless.EndedError](err); told || errors.Is(err, errFound) {
		return
	}
	for _, source := range errdefs.Sources(err) {
		// An error that cannot be printed has nowhere else to go.
		_ = source.Print(w)
	}
	fmt.Fprintf(w, "%s: %s\n", colour.Word(w, "ERROR", colour.Red, os.Getenv("NO_COLOR")), message(err))
}

// message is the error's text without what BuildKit's client and gRPC put
// before the message of the step that failed: the names of the layers it came
// through tell a person nothing about the build.
func message(err error) string {
	layers := regexp.MustCompile(`^((failed to solve|failed to run Build function|rpc error: code = \w+ desc =):? )+`)
	return strings.TrimSpace(layers.ReplaceAllString(err.Error(), ""))
}

// exitCode is the process's exit status for an error.
func exitCode(err error) int {
	if errors.Is(err, errInterrupted) {
		return exitInterrupted
	}
	if ended, ok := errors.AsType[*rootless.EndedError](err); ok {
		return ended.Code
	}
	return 1
}
