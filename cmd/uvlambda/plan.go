package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/docker/cli/cli/config"
	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/buildflags"
	"github.com/uvlambda/uvlambda/frontend"
	"github.com/uvlambda/uvlambda/plan"
)

const planLong = `Show what a build would do, without building.

CONTEXT is the folder that a build would send, "." when it is left out. The
plan names the Python and why it is that one, the images that the build starts
from, the steps and what makes each of them run again.

Neither BuildKit nor a network is needed, so images are shown as they are
written, not pinned to a digest.`

const planExample = `  # The plan of the project in this folder
  uvlambda plan

  # The base image of the ARM build
  uvlambda plan --platform linux/arm64 --json | jq -r '.[0].base.ref'`

// planOptions are the plan command's flags.
type planOptions struct {
	buildflags.Flags
	json bool
}

// newPlanCmd makes `uvlambda plan`.
func newPlanCmd() *cobra.Command {
	o := &planOptions{}
	cmd := &cobra.Command{
		Use:     "plan [flags] [CONTEXT]",
		Short:   "Show what a build would do",
		Long:    planLong,
		Example: planExample,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runPlan(cmd.Context(), o, contextOf(args), cmd.OutOrStdout())
		},
		ValidArgsFunction: completeFolders,
	}
	o.RegisterPlan(cmd.Flags())
	cmd.Flags().BoolVar(&o.json, "json", false, "print a JSON list with one plan for each platform")
	completeValues(cmd, "platform", "linux/amd64", "linux/arm64")
	completeValues(cmd, "target", outputs()...)
	return cmd
}

// runPlan plans and prints.
func runPlan(ctx context.Context, o *planOptions, folder string, out io.Writer) error {
	opts, err := o.options(folder)
	if err != nil {
		return err
	}
	plans, err := frontend.Plan(ctx, folder, opts)
	if err != nil {
		return err
	}
	if o.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(plans)
	}
	return writePlans(out, plans)
}

// options turns the flags into the planner's.
func (o *planOptions) options(folder string) (frontend.PlanOptions, error) {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return frontend.PlanOptions{}, fmt.Errorf("%s is not a folder: a plan is made of local files", folder)
	}
	file, err := o.BuildFile(folder)
	if err != nil {
		return frontend.PlanOptions{}, err
	}
	name, err := relative(folder, file)
	if err != nil {
		return frontend.PlanOptions{}, err
	}
	env := environment(config.LoadDefaultConfigFile(os.Stderr))
	platforms, err := o.TargetPlatforms(env)
	if err != nil {
		return frontend.PlanOptions{}, err
	}
	labels, err := o.LabelValues()
	if err != nil {
		return frontend.PlanOptions{}, err
	}
	return frontend.PlanOptions{
		Filename:  name,
		Platforms: platforms,
		Target:    o.Target,
		Labels:    labels,
	}, nil
}

// relative is the path of the build file in the context, with slashes.
func relative(folder, file string) (string, error) {
	absFolder, err1 := filepath.Abs(folder)
	absFile, err2 := filepath.Abs(file)
	if err := errors.Join(err1, err2); err != nil {
		return "", fmt.Errorf("looking for the build file: %w", err)
	}
	name, err := filepath.Rel(absFolder, absFile)
	if err != nil || !filepath.IsLocal(name) {
		return "", fmt.Errorf("build file %s is outside the context %s: give the folder that holds both as CONTEXT", file, folder)
	}
	return filepath.ToSlash(name), nil
}

// writePlans prints plans one after the other.
func writePlans(out io.Writer, plans []plan.Plan) error {
	for i, p := range plans {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := p.WriteText(out); err != nil {
			return err
		}
	}
	return nil
}
