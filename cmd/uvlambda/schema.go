package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/frontend/spec"
)

const schemaLong = `Print the JSON Schema of [tool.uvlambda], for editors and other tools.

It describes the table of this version of uvlambda: every key with its type, its
default and an example. A uvlambda.toml is described as a whole.

--pyproject prints a schema of the whole pyproject.toml, which some editors want.
It describes nothing but the table.`

const schemaExample = `  # Keep it beside the build file, for an editor
  uvlambda schema > uvlambda.schema.json

  # All keys
  uvlambda schema | jq -r '.properties | keys_unsorted[]'`

// newSchemaCmd makes `uvlambda schema`.
func newSchemaCmd() *cobra.Command {
	var pyproject bool
	cmd := &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of [tool.uvlambda]",
		Long:    schemaLong,
		Example: schemaExample,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			schema, err := spec.Schema()
			if pyproject {
				schema, err = spec.PyprojectSchema()
			}
			if err != nil {
				return err
			}
			if _, err := cmd.OutOrStdout().Write(schema); err != nil {
				return fmt.Errorf("printing the schema: %w", err)
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&pyproject, "pyproject", false, "print the schema of a whole pyproject.toml")
	return cmd
}
