package load

import (
	"errors"
	"fmt"

	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// checkDirective is the comment at the head of a file that says which rules
// count: https://docs.docker.com/reference/dockerfile/#check
const checkDirective = "check"

// argRules is the build argument that says the same for one build.
const argRules = "BUILDKIT_DOCKERFILE_CHECK"

// RuleOptions says which rules count. The first that there is says it alone:
// the build argument BUILDKIT_DOCKERFILE_CHECK, the comment, the table.
func RuleOptions(s *spec.Spec, argument *linter.Config) (lint.Options, error) {
	if argument != nil {
		opts, err := lintOptions(argument)
		if err != nil {
			err = fmt.Errorf("%s: %w", argRules, err)
		}
		return opts, err
	}
	_, value, ranges, ok := parser.ParseDirective(checkDirective, s.Doc.Data)
	if !ok {
		return lint.TableOptions(s)
	}
	at := plan.Location{File: s.Doc.Name, Line: ranges[0].Start.Line, EndLine: ranges[0].End.Line}
	config, err := linter.ParseLintOptions(value)
	if err != nil {
		return lint.Options{}, source.Errorf(at, "%w: write it as in # check=skip=RULE,RULE;error=true", err)
	}
	opts, err := lintOptions(config)
	if err != nil {
		return lint.Options{}, source.Errorf(at, "check: %w", err)
	}
	return opts, nil
}

// lintOptions takes what BuildKit has read.
func lintOptions(config *linter.Config) (lint.Options, error) {
	if config.ExperimentalAll || len(config.ExperimentalRules) > 0 {
		return lint.Options{}, errors.New("there are no experimental rules: remove experimental")
	}
	opts := lint.Options{Skip: config.SkipRules, Error: config.ReturnAsError}
	if config.SkipAll {
		opts.Skip = []string{lint.All}
	}
	for _, name := range opts.Skip {
		if err := lint.CheckName(name); err != nil {
			return lint.Options{}, err
		}
	}
	return opts, nil
}
