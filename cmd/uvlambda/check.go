package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

const checkLong = `Look for mistakes, and for things worth a warning, without a build.

It is "uvlambda build --call=check", and prints the same as docker buildx build
--call=check. Without --target it checks all functions. It fetches no image and
runs nothing, but a BuildKit reads the files, as for a build.

docs/rules describes the rules. To leave a rule out, write

    [tool.uvlambda.check]
    skip = ["UnpinnedImage"]

or by a line "# check=skip=UnpinnedImage" at the head of the build file.

Exit status: 0 when nothing was found, 130 when the check was interrupted, 1 in
all other cases.`

const checkExample = `  # Check the project in this folder
  uvlambda check

  # Check what the archive of one function will be
  uvlambda check --target orders/zip

  # For a tool
  uvlambda check --format json | jq -r '.warnings[].ruleName'`

// newCheckCmd makes `uvlambda check`.
func newCheckCmd() *cobra.Command {
	o := &buildOptions{}
	format := ""
	cmd := &cobra.Command{
		Use:     "check [flags] [CONTEXT]",
		Short:   "Look for mistakes without a build",
		Long:    checkLong,
		Example: checkExample,
		Args:    atMostOne("CONTEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = cmd.CommandPath()
			return runCheck(cmd.Context(), o, format, contextOf(args), cmd.OutOrStdout())
		},
		ValidArgsFunction: completeFolders,
	}
	set := cmd.Flags()
	o.RegisterInputs(set)
	o.registerBuilder(cmd)
	set.StringVar(&format, "format", formatText, "`form` of the answer: text, or json")
	completeValues(cmd, "format", formatText, formatJSON)
	return cmd
}

// runCheck asks for a check.
func runCheck(ctx context.Context, o *buildOptions, format, source string, out io.Writer) error {
	return runCall(ctx, o, call{name: callCheck, format: format}, source, out)
}
