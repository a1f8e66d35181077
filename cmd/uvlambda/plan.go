package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/containerd/console"
	"github.com/docker/cli/cli/config"
	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
	"github.com/uvlambda/uvlambda/frontend"
	"github.com/uvlambda/uvlambda/plan"
	"github.com/uvlambda/uvlambda/plan/draw"
)

const planLong = `Show what a build would do, without building.

CONTEXT is the folder that a build would send (default "."). The plan names the
Python and the reason for its version, the images that the build starts from, the
steps, and the inputs that make each step run again. Without --target, there is a
plan for each function.

--graph draws the steps: as Mermaid, which Markdown pages show, as DOT, or as
SVG, for which Graphviz has to be installed. Functions and platforms share the
steps that they have in common.

A plan needs neither BuildKit nor a network, so it has no digests of images.`

const planExample = `  # The plan of the project in this folder
  uvlambda plan

  # The base image of the ARM build
  uvlambda plan --platform linux/arm64 --json | jq -r '.[0].base.ref'

  # A picture of it
  uvlambda plan --graph=svg > plan.svg`

// planOptions are the plan command's flags.
type planOptions struct {
	buildflags.Flags
	json  bool
	graph string
}

// newPlanCmd makes `uvlambda plan`.
func newPlanCmd() *cobra.Command {
	o := &planOptions{}
	cmd := &cobra.Command{
		Use:     "plan [flags] [CONTEXT]",
		Short:   "Show what a build would do",
		Long:    planLong,
		Example: planExample,
		Args:    atMostOne("CONTEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = cmd.CommandPath()
			return runPlan(cmd.Context(), o, contextOf(args), cmd.OutOrStdout())
		},
		ValidArgsFunction: completeFolders,
	}
	o.RegisterPlan(cmd.Flags())
	cmd.Flags().BoolVar(&o.json, "json", false, "print a JSON list with one plan for each function and platform")
	cmd.Flags().StringVar(&o.graph, "graph", "", "print a picture of the steps: `mermaid`, dot or svg")
	cmd.Flags().Lookup("graph").NoOptDefVal = graphMermaid
	completeValues(cmd, "graph", graphMermaid, graphDOT, graphSVG)
	completeValues(cmd, "platform", "linux/amd64", "linux/arm64")
	completeValues(cmd, "target", outputs()...)
	return cmd
}

// runPlan plans and prints.
func runPlan(ctx context.Context, o *planOptions, folder string, out io.Writer) error {
	if err := checkGraph(o.graph, o.json); err != nil {
		return err
	}
	project, opts, err := o.options(folder)
	if err != nil {
		return err
	}
	plans, err := frontend.PlanFunctions(ctx, project.Context, opts)
	if err != nil {
		return err
	}
	if o.graph != "" {
		return writeGraph(ctx, out, o.graph, plans)
	}
	if o.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(plans)
	}
	return writePlans(out, plans)
}

// options turns the flags into the planner's, and says where the project is.
func (o *planOptions) options(folder string) (project buildflags.Project, opts frontend.PlanOptions, err error) {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return project, opts, fmt.Errorf("%s is not a folder: a plan is made of local files", folder)
	}
	if project, err = o.Project(folder); err != nil {
		return project, opts, err
	}
	name, err := project.Name()
	if err != nil {
		return project, opts, err
	}
	env := environment(config.LoadDefaultConfigFile(os.Stderr))
	platforms, err := o.TargetPlatforms(env)
	if err != nil {
		return project, opts, err
	}
	labels, err := o.LabelValues()
	if err != nil {
		return project, opts, err
	}
	return project, frontend.PlanOptions{
		Filename:  name,
		Command:   o.Typed(folder),
		Context:   buildflags.Quote(folder),
		Platforms: platforms,
		Target:    o.Target,
		Labels:    labels,
		Today:     time.Now(),
	}, nil
}

// widthOf is the width of a terminal. It is 0 for another writer.
func widthOf(out io.Writer) int {
	file, ok := out.(console.File)
	if !ok {
		return 0
	}
	terminal, err := console.ConsoleFromFile(file)
	if err != nil {
		return 0
	}
	size, err := terminal.Size()
	if err != nil {
		return 0
	}
	return int(size.Width)
}

// writePlans prints plans one after the other.
func writePlans(out io.Writer, plans []plan.Plan) error {
	for i, p := range plans {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := draw.Text(out, &p, widthOf(out)); err != nil {
			return err
		}
	}
	return nil
}
