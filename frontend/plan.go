package frontend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/containerd/platforms"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// PlanOptions are what a plan without a builder takes from the command line.
type PlanOptions struct {
	// Filename is the build file relative to the folder; DefaultFilename when
	// empty.
	Filename string
	// Platforms are in OCI form. Without any, the spec's architecture counts,
	// and then DefaultPlatforms, linux/amd64 when empty.
	Platforms        []string
	DefaultPlatforms []string
	Target           string
	Labels           map[string]string
	// Command and Context are as in Local.
	Command, Context string
	// Today decides which runtimes are deprecated.
	Today time.Time
}

// Plan plans the build of a local folder, one plan for each platform, without
// a builder: what Build would do with the same files.
func Plan(ctx context.Context, dir string, opts PlanOptions) ([]plan.Plan, error) {
	return planTargets(ctx, dir, opts, func(*spec.Spec) []string { return []string{opts.Target} })
}

// PlanFunctions is Plan that plans the image of each function, when the options
// have no target and there are functions.
func PlanFunctions(ctx context.Context, dir string, opts PlanOptions) ([]plan.Plan, error) {
	return planTargets(ctx, dir, opts, func(table *spec.Spec) []string {
		functions := table.Functions()
		if opts.Target != "" || len(functions) == 0 {
			return []string{opts.Target}
		}
		var targets []string
		for _, name := range functions {
			targets = append(targets, name+"/"+string(plan.OutputImage))
		}
		return targets
	})
}

// planTargets plans each target, from a build file that is read once.
func planTargets(ctx context.Context, dir string, opts PlanOptions, targets func(*spec.Spec) []string) (plans []plan.Plan, err error) {
	defer func() { err = source.Told(err) }()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the build context: %w", err)
	}
	defer root.Close()
	name := path.Clean(filepath.ToSlash(cmp.Or(opts.Filename, DefaultFilename)))
	table, err := readSpec(root, name)
	if err != nil {
		return nil, err
	}
	local, err := openLocal(root, name)
	if err != nil {
		return nil, err
	}
	for _, target := range targets(table) {
		planned, err := planTarget(ctx, local, table, name, target, opts)
		if err != nil {
			return nil, err
		}
		plans = append(plans, planned...)
	}
	return plans, nil
}

// planTarget plans one target of a build file, which is called name.
func planTarget(ctx context.Context, local *localContext, table *spec.Spec, name, target string, opts PlanOptions) ([]plan.Plan, error) {
	s, output, err := planner.ParseTarget(target, table)
	if err != nil {
		return nil, err
	}
	w, err := loadWorkspace(ctx, local.files(), s)
	if err != nil {
		return nil, err
	}
	if err := loadEvents(ctx, local.files(), s, output, w); err != nil {
		return nil, err
	}
	targets, err := planPlatforms(opts, s)
	if err != nil {
		return nil, err
	}
	rules, err := ruleOptions(s, nil)
	if err != nil {
		return nil, err
	}
	var plans []plan.Plan
	for _, target := range targets {
		in := planner.Input{Spec: s, Output: output, Workspace: w, Platform: target, Labels: opts.Labels, AssumePython: true, BuildCommand: cmp.Or(opts.Command, localCommand(name)), BuildContext: opts.Context}
		decided, err := planner.Decide(in)
		if err != nil {
			return nil, err
		}
		if decided, _, err = withTrees(ctx, decided, local.List); err != nil {
			return nil, err
		}
		p := decided.Plan
		p.Warnings = append(p.Warnings, lint.Run(lint.Input{Input: in, Decided: decided, Platforms: formatAll(targets), Today: opts.Today, Planning: true}, rules)...)
		plans = append(plans, *p)
	}
	return plans, nil
}

// readSpec reads the table of a build file, a path with slashes.
func readSpec(root *os.Root, name string) (*spec.Spec, error) {
	data, err := readLocal(root, name)
	if errors.As(err, new(*notAFileError)) {
		return nil, source.Errorf(plan.Location{File: name}, "%w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the build file: %w: check -f, and that the file is in the context", err)
	}
	doc, err := source.Parse(name, data)
	if err != nil {
		return nil, err
	}
	return spec.Parse(doc)
}

// planPlatforms reads the platforms of a plan.
func planPlatforms(opts PlanOptions, s *spec.Spec) ([]ocispecs.Platform, error) {
	names := opts.Platforms
	switch {
	case len(names) > 0:
	case s.Architecture != "":
		names = []string{"linux/" + architectures[s.Architecture]}
	case len(opts.DefaultPlatforms) > 0:
		names = opts.DefaultPlatforms
	default:
		names = []string{"linux/amd64"}
	}
	parsed, err := platforms.ParseAll(names)
	if err != nil {
		return nil, fmt.Errorf("platform %s: %w: use linux/amd64 or linux/arm64", strings.Join(names, ","), err)
	}
	return parsed, nil
}
