package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// firstSteps is what a newcomer sees: one screen of 24 lines, 80 columns wide.
// Its indented lines are commands for a shell, which a test runs in this order.
const firstSteps = `uvlambda builds AWS Lambda functions from uv projects, with no Dockerfile.

From an empty folder to a function that answers:

  uv init --python 3.13 hello            # a uv project
  cd hello
  uvlambda init --new-handler            # a handler, and [tool.uvlambda]
  uvlambda build --target lock -o . .    # uv.lock, as uv lock writes it
  uvlambda build -t hello --load .       # the image, loaded into docker
  uvlambda invoke hello                  # what the function answers

In a project of yours, uvlambda init finds the handler and reads the Dockerfile.
Without Docker, build with -o type=oci,dest=hello.tar in place of --load, and
invoke hello.tar.

From there:

  uvlambda plan                          # what a build does, and why
  uvlambda build --target zip -o dist .  # an archive in place of the image
  uvlambda --help                        # all commands
`

// printFirstSteps is what the command does without arguments.
func printFirstSteps(cmd *cobra.Command, _ []string) error {
	if _, err := fmt.Fprint(cmd.OutOrStdout(), firstSteps); err != nil {
		return fmt.Errorf("printing the first steps: %w", err)
	}
	return nil
}
