package main

import (
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

const rootLong = `uvlambda turns a uv project into an AWS Lambda container image.

The project's pyproject.toml says what to build, in its [tool.uvlambda] table;
uv.lock says what to install. There is no Dockerfile:

    [project]
    name = "hello"
    version = "0.1.0"
    requires-python = ">=3.13"
    dependencies = ["fastapi", "mangum"]

    [tool.uvlambda]
    handler = "app.main.handler"

BuildKit builds. It is looked for in this order: BUILDKIT_HOST, the Docker
engine's own, the current docker buildx builder, and one that
"uvlambda builder start" runs.

The same build runs in docker buildx when the file's first line is
"# syntax=IMAGE", with IMAGE the published frontend.`

const rootExample = `  # Build the project in this folder and load the image into docker
  uvlambda build -t hello --load .

  # See what would be built, and why
  uvlambda plan

  # Call the function with an event, as Lambda would
  uvlambda invoke hello --event event.json`

// newRootCmd makes the command with all its subcommands.
func newRootCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "uvlambda",
		Short:   "Build AWS Lambda images from uv projects",
		Long:    rootLong,
		Example: rootExample,
		Version: version(),
		Args:    unknownCommand,
		RunE:    printFirstSteps,
		// Errors are printed once, by main, with the lines they are about.
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	// Cobra leaves long lines to the terminal, which breaks their columns.
	cmd.SetUsageTemplate(strings.ReplaceAll(cmd.UsageTemplate(), ".FlagUsages ", ".FlagUsagesWrapped 80 "))
	cmd.SetFlagErrorFunc(flagError)
	cmd.AddCommand(newInitCmd(), newBuildCmd(), newCheckCmd(), newBakeCmd(), newPlanCmd(), newDockerfileCmd(), newInvokeCmd(), newDevCmd(), newExplainCmd(), newSchemaCmd(), newBuilderCmd())
	return cmd
}

// version is the module's version, and for a build from a checkout the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && info.Main.Version == "(devel)" {
			return "devel-" + setting.Value
		}
	}
	return info.Main.Version
}
