package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/moby/sys/atomicwriter"
	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
	"github.com/uvlambda/uvlambda/cmd/internal/eject"
	"github.com/uvlambda/uvlambda/frontend"
)

const dockerfileLong = `Print a Dockerfile that builds the same image without uvlambda.

CONTEXT is the folder that a build would send (default "."). It is the context of
the Dockerfile too. The Dockerfile makes the same layers, byte by byte, and the
same configuration. It needs uv and BuildKit's own Dockerfile frontend, and
nothing else.

The Dockerfile is for the architecture that the build file names, else for both
of Lambda's architectures; --platform chooses. --target chooses the function, if
there are several. The target [FUNCTION/]dir gives the unpacked task root, to zip
it yourself.

The Dockerfile reads the list of packages from uv.lock, so it follows the project.
Members, files, handler, variables and labels are written into it: change them
there from then on.`

const dockerfileExample = `  # Leave, and keep the image
  uvlambda dockerfile -o Dockerfile
  docker buildx build --provenance=false -t hello .

  # The Dockerfile of one function of several
  uvlambda dockerfile --target page

  # The function's files, for another tool to zip
  uvlambda dockerfile --target dir --platform linux/arm64`

// dockerfileOptions are the dockerfile command's flags.
type dockerfileOptions struct {
	planOptions
	output string
	force  bool
}

// newDockerfileCmd makes `uvlambda dockerfile`.
func newDockerfileCmd() *cobra.Command {
	o := &dockerfileOptions{}
	cmd := &cobra.Command{
		Use:     "dockerfile [flags] [CONTEXT]",
		Short:   "Print a Dockerfile that builds the same image",
		Long:    dockerfileLong,
		Example: dockerfileExample,
		Args:    atMostOne("CONTEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = cmd.CommandPath()
			return runDockerfile(cmd.Context(), o, contextOf(args), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
		ValidArgsFunction: completeFolders,
	}
	o.RegisterPlan(cmd.Flags())
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "`file` to write instead of printing")
	cmd.Flags().BoolVar(&o.force, "force", false, "replace the file of --output if it is there")
	completeValues(cmd, "platform", eject.Platforms()...)
	return cmd
}

// runDockerfile plans, and prints or writes the Dockerfile. It writes remarks for
// the person to notes.
func runDockerfile(ctx context.Context, o *dockerfileOptions, folder string, out, notes io.Writer) error {
	project, opts, err := o.options(folder)
	if err != nil {
		return err
	}
	opts.DefaultPlatforms = eject.Platforms()
	plans, err := frontend.Plan(ctx, project.Context, opts)
	if err != nil {
		return err
	}
	text, err := eject.Render(plans)
	if err != nil {
		return err
	}
	if project.Grown {
		fmt.Fprintf(notes, "The context of this Dockerfile is the workspace's root: docker buildx build -f %s %s\n", buildflags.Quote(cmp.Or(o.output, "Dockerfile")), buildflags.Quote(project.Context))
	}
	if o.output == "" {
		if _, err := io.WriteString(out, text); err != nil {
			return fmt.Errorf("printing the Dockerfile: %w", err)
		}
		return nil
	}
	return writeNew(o.output, text, o.force)
}

// writeNew writes a file as a whole, and replaces one only with force.
func writeNew(file, text string, force bool) error {
	if _, err := os.Lstat(file); !force && !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return fmt.Errorf("looking for %s: %w", file, err)
		}
		return fmt.Errorf("%s is there already: give --force to replace it, or another --output", file)
	}
	if err := atomicwriter.WriteFile(file, []byte(text), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return nil
}
