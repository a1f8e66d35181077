package frontend

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/containerd/platforms"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/load"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
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
	// Command and Context are as in Options.
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
	defer func() { err = source.Shorten(err) }()
	folder, err := contexts.OpenFolder(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	file, chosen, err := openLocal(ctx, folder, opts.Filename, targets)
	if err != nil {
		return nil, err
	}
	for _, target := range chosen {
		loaded, err := file.Load(ctx, target)
		if err != nil {
			return nil, err
		}
		planned, err := planTarget(ctx, loaded, opts)
		if err != nil {
			return nil, err
		}
		plans = append(plans, planned...)
	}
	return plans, nil
}

// openLocal reads a build file of a folder, by its path in it, and its workspace.
func openLocal(ctx context.Context, folder *contexts.Folder, filename string, choose func(*spec.Spec) []string) (*load.File, []string, error) {
	name := path.Clean(filepath.ToSlash(cmp.Or(filename, DefaultFilename)))
	buildFile, err := contexts.LocalBuildFile(folder, name)
	if err != nil {
		return nil, nil, err
	}
	texts := contexts.NewTexts(buildFile)
	return load.Open(ctx, buildFile, texts, func(plan.Location) (contexts.Context, error) {
		return contexts.NewLocal(folder, texts)
	}, choose)
}

// planTarget plans one target for all its platforms.
func planTarget(ctx context.Context, l *load.Loaded, opts PlanOptions) ([]plan.Plan, error) {
	targets, err := planPlatforms(opts, l)
	if err != nil {
		return nil, err
	}
	settings := decide.Settings{
		Platforms: targets, Labels: opts.Labels, Today: opts.Today,
		Command: cmp.Or(opts.Command, decide.LocalCommand(l.Spec.Doc.Name)), Context: opts.Context, Planning: true,
	}
	versions := func(ctx context.Context, packages map[string]project.Tags) (map[string]planner.Described, error) {
		return contexts.Describe(ctx, l.Context, packages)
	}
	var plans []plan.Plan
	for _, target := range targets {
		in := settings.Input(l, l.Output, target)
		in.AssumePython = true
		decided, err := decide.Decide(ctx, in, decide.Ask{Versions: versions})
		if err != nil {
			return nil, err
		}
		if decided, err = decided.WithTrees(ctx, l.Context.List); err != nil {
			return nil, err
		}
		found, _, err := settings.Lint(decided, decide.Found{})
		if err != nil {
			return nil, err
		}
		p := decided.Plan
		p.Warnings = append(p.Warnings, found...)
		plans = append(plans, *p)
	}
	return plans, nil
}

// planPlatforms are the platforms of a plan, linux/amd64 when nothing asks for
// others.
func planPlatforms(opts PlanOptions, l *load.Loaded) ([]ocispecs.Platform, error) {
	asked, err := parsePlatforms(opts.Platforms)
	if err != nil {
		return nil, err
	}
	own, err := parsePlatforms(opts.DefaultPlatforms)
	if err != nil {
		return nil, err
	}
	if len(own) == 0 {
		own = []ocispecs.Platform{{OS: "linux", Architecture: "amd64"}}
	}
	return planner.Platforms(asked, own, l.Spec, l.Output), nil
}

// parsePlatforms reads platforms in OCI form.
func parsePlatforms(names []string) ([]ocispecs.Platform, error) {
	parsed, err := platforms.ParseAll(names)
	if err != nil {
		return nil, fmt.Errorf("platform %s: %w: use linux/amd64 or linux/arm64", strings.Join(names, ","), err)
	}
	return parsed, nil
}
