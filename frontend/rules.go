package frontend

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// checkDirective is the comment at the head of a file that says which rules
// count: https://docs.docker.com/reference/dockerfile/#check
const checkDirective = "check"

// argRules is the build argument that says the same for one build.
const argRules = "BUILDKIT_DOCKERFILE_CHECK"

// attestationDefault is part of what buildx asks for when it is told nothing of
// attestations.
const attestationDefault = "inline-only=true"

// ruleOptions says which rules count. The first that there is says it alone:
// the build argument BUILDKIT_DOCKERFILE_CHECK, the comment, the table.
func ruleOptions(s *spec.Spec, argument *linter.Config) (lint.Options, error) {
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

// lint gives what the rules that count have against a plan. context is what a
// check has looked at, replaced what a build has found.
func (b *build) lint(d *planner.Decided, platform ocispecs.Platform, context *lint.Context, replaced []lint.Replaced) ([]plan.Warning, lint.Options, error) {
	opts, err := ruleOptions(b.spec, b.client.LinterConfig)
	if err != nil {
		return nil, opts, err
	}
	return lint.Run(lint.Input{
		Input:        b.input(b.output, platform),
		Decided:      d,
		Platforms:    formatAll(targetPlatforms(b.client, b.spec, b.output)),
		Attestations: b.attestations(context != nil),
		Today:        b.today,
		Context:      context,
		Replaced:     replaced,
	}, opts), opts, nil
}

// attestations are the kinds that the client asks for. buildx sends its default
// with a check too, which exports nothing.
func (b *build) attestations(check bool) []string {
	var kinds []string
	for _, kind := range []string{"provenance", "sbom"} {
		value, asked := b.client.BuildOpts().Opts["attest:"+kind]
		byDefault := slices.Contains(strings.Split(value, ","), attestationDefault)
		if asked && (!check || !byDefault) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// formatAll gives platforms in OCI form.
func formatAll(all []ocispecs.Platform) []string {
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = platforms.Format(p)
	}
	return names
}
