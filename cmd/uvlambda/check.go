package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

const checkLong = `Look for mistakes, and for what is worth a warning, without a build.

It is "uvlambda build --call=check", and prints what docker buildx build
--call=check does. Without --target, all functions are checked. No image is
fetched and nothing is run, but a BuildKit reads the files, as for a build.

The rules and what they look for are in docs/rules. A rule is left out by

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
