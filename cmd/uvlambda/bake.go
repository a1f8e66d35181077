package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/bake"
	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
	"github.com/uvlambda/uvlambda/frontend"
)

const bakeLong = `Print a bake file, from which docker buildx builds many functions at once.

The bake file has a target for each [tool.uvlambda.functions.NAME] of the build
file, or one for a project without functions, and a group "default" of all
targets. With several -f it has the functions of all these files, for example of
a monorepo; CONTEXT is then the root of the monorepo.

Functions that install the same packages share the installation and its layer.

The bake file has variables, which bake takes from the environment:

    REGISTRY          start of the images' names (default: nothing)
    TAG               tag of the images (default: latest)
    PLATFORMS         platforms, separated by commas (default: the functions')
    BUILDKIT_SYNTAX   frontend image, when a build file's first line names none`

const bakeExample = `  # Build all functions of this project and load them into docker
  uvlambda bake | docker buildx bake -f - --load

  # Push them with a tag, for both architectures
  uvlambda bake > functions.hcl
  REGISTRY=registry.example.com/shop TAG=7 PLATFORMS=linux/amd64,linux/arm64 \
      docker buildx bake -f functions.hcl --push

  # Build one of them
  docker buildx bake -f functions.hcl orders

  # The functions of a monorepo
  uvlambda bake -f services/orders/pyproject.toml -f services/receipts/pyproject.toml .`

// bakeOptions are the bake command's flags.
type bakeOptions struct {
	files  []string
	syntax string
}

// newBakeCmd makes `uvlambda bake`.
func newBakeCmd() *cobra.Command {
	o := &bakeOptions{}
	cmd := &cobra.Command{
		Use:     "bake [flags] [CONTEXT]",
		Short:   "Print a bake file that builds all functions",
		Long:    bakeLong,
		Example: bakeExample,
		Args:    atMostOne("CONTEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runBake(cmd.Context(), o, contextOf(args), cmd.OutOrStdout())
		},
		ValidArgsFunction: completeFolders,
	}
	set := cmd.Flags()
	set.StringArrayVarP(&o.files, "file", "f", nil, "`path` of a build file (default CONTEXT/uvlambda.toml if it is there, else CONTEXT/pyproject.toml)")
	set.StringVar(&o.syntax, "syntax", "", "frontend `image` for build files whose first line names none")
	return cmd
}

// runBake reads the build files and prints the bake file.
func runBake(ctx context.Context, o *bakeOptions, folder string, out io.Writer) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not a folder: a bake file is made of local files", folder)
	}
	files := o.files
	if len(files) == 0 {
		files = []string{""}
	}
	file := bake.File{Syntax: o.syntax}
	from := map[string]string{}
	for _, f := range files {
		project, err := buildflags.Flags{Command: "uvlambda bake", File: f}.Project(folder)
		if err != nil {
			return err
		}
		buildContext := filepath.ToSlash(filepath.Clean(project.Context))
		if file.Context != "" && file.Context != buildContext {
			return fmt.Errorf("%s is in the workspace %s, and the build files before it are not: make a bake file for each workspace", f, buildContext)
		}
		file.Context = buildContext
		targets, err := bakeTargets(ctx, project)
		if err != nil {
			return err
		}
		for _, target := range targets {
			if other, taken := from[target.Name]; taken {
				return fmt.Errorf("%s and %s both have a function %q, and their images would have one name: rename one of them",
					other, target.BuildFile, target.Name)
			}
			from[target.Name] = target.BuildFile
		}
		file.Targets = append(file.Targets, targets...)
	}
	if _, err := io.WriteString(out, file.HCL()); err != nil {
		return fmt.Errorf("printing the bake file: %w", err)
	}
	return nil
}

// bakeTargets are the targets of one build file.
func bakeTargets(ctx context.Context, project buildflags.Project) ([]bake.Target, error) {
	name, err := project.Name()
	if err != nil {
		return nil, err
	}
	read, err := frontend.ReadFunctions(ctx, project.Context, name)
	if err != nil {
		return nil, err
	}
	target := bake.Target{Name: read.Project, BuildFile: name, HasSyntax: read.HasSyntax}
	if len(read.Names) == 0 {
		return []bake.Target{target}, nil
	}
	targets := make([]bake.Target, len(read.Names))
	for i, function := range read.Names {
		targets[i] = target
		targets[i].Name, targets[i].Function = function, function
	}
	return targets, nil
}
