package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/subrequests/lint"

	"github.com/uvlambda/uvlambda/cmd/internal/build"
)

// The questions to the frontend that --call takes in place of a build.
const (
	callBuild    = "build"
	callCheck    = "check"
	callOutline  = "outline"
	callTargets  = "targets"
	callDescribe = "subrequests.describe"
)

// Forms of an answer.
const (
	formatText = "text"
	formatJSON = "json"
)

// call is a question to the frontend.
type call struct {
	name, format string
	// ignoreStatus is set when what a check finds is no failure.
	ignoreStatus bool
}

// parseCall reads the value of --call in the grammar of docker buildx build:
// NAME[,format=FORMAT][,ignorestatus=BOOL].
func parseCall(value string) (call, error) {
	name, rest, more := strings.Cut(value, ",")
	if name == "" && !more {
		name = callBuild
	}
	c := call{name: name}
	for more {
		var field string
		field, rest, more = strings.Cut(rest, ",")
		key, text, _ := strings.Cut(field, "=")
		var err error
		switch key {
		case "format":
			c.format = text
		case "ignorestatus":
			c.ignoreStatus, err = strconv.ParseBool(text)
		default:
			err = errors.New("unknown field")
		}
		if err != nil {
			return call{}, fmt.Errorf("invalid --call %q: %s: write it as in %s,format=%s", value, field, callCheck, formatJSON)
		}
	}
	return c, c.validate()
}

// validate refuses what there is no answer to.
func (c call) validate() error {
	switch c.name {
	case callBuild, callCheck, "lint", callOutline, callTargets, callDescribe:
	default:
		return fmt.Errorf("invalid --call %q: use %s, %s, %s or %s", c.name, callBuild, callCheck, callOutline, callTargets)
	}
	if c.format != "" && c.format != formatText && c.format != formatJSON {
		return fmt.Errorf("invalid format %q: use %s or %s", c.format, formatText, formatJSON)
	}
	return nil
}

// question is the name that BuildKit has for the call.
func (c call) question() string {
	if c.name == callCheck {
		return lint.RequestLint
	}
	return "frontend." + c.name
}

// runCall asks the frontend and prints its answer.
func runCall(ctx context.Context, o *buildOptions, c call, source string, out io.Writer) error {
	if err := c.validate(); err != nil {
		return err
	}
	opts, err := o.solveOptions(source)
	if err != nil {
		return err
	}
	daemon, err := openDaemon(ctx, o.builder)
	if err != nil {
		return err
	}
	defer daemon.Client.Close()
	answer, err := build.Call(ctx, daemon, opts, c.question())
	if err != nil {
		return err
	}
	if c.question() == lint.RequestLint {
		return c.printCheck(out, answer)
	}
	return c.print(out, answer)
}

// print prints an answer as docker buildx build does. The text is the
// frontend's own: BuildKit's printer of outlines knows no functions.
func (c call) print(out io.Writer, answer map[string][]byte) error {
	text := string(answer["result.txt"])
	if c.format == formatJSON {
		text = string(answer["result.json"]) + "\n"
	}
	_, err := io.WriteString(out, text)
	return err
}

// printCheck prints what a check has found, and fails with its status.
func (c call) printCheck(out io.Writer, answer map[string][]byte) error {
	var results lint.LintResults
	if err := json.Unmarshal(answer["result.json"], &results); err != nil {
		return fmt.Errorf("reading what the check has found: %w", err)
	}
	text := c.format != formatJSON
	if !text {
		fmt.Fprintln(out, string(answer["result.json"]))
	} else if err := printWarnings(out, &results); err != nil {
		return err
	}
	if results.Error != nil {
		if text && len(results.Warnings) > 0 {
			fmt.Fprintln(out)
		}
		var message bytes.Buffer
		results.PrintErrorTo(&message, nil)
		return errors.New(message.String())
	}
	if len(results.Warnings) > 0 && !c.ignoreStatus {
		return errFound
	}
	return nil
}

// printWarnings counts the warnings of a check, and prints each.
func printWarnings(out io.Writer, results *lint.LintResults) error {
	switch count := len(results.Warnings); {
	case count == 1:
		fmt.Fprintln(out, "Check complete, 1 warning has been found!")
	case count > 1:
		fmt.Fprintf(out, "Check complete, %d warnings have been found!\n", count)
	case results.Error == nil:
		fmt.Fprintln(out, "Check complete, no warnings found.")
	}
	if err := results.PrintTo(out, nil); err != nil {
		return fmt.Errorf("printing what the check has found: %w", err)
	}
	return nil
}
