package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/plan"
)

// completeFolders completes an argument with the names of folders.
func completeFolders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeValues completes a flag with its usual values. It panics when the
// command has no such flag, which its tests would show.
func completeValues(cmd *cobra.Command, flag string, values ...string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err)
	}
}

// outputs are the values of --target for a project with one function.
func outputs() []string {
	var names []string
	for _, o := range plan.Outputs() {
		names = append(names, string(o))
	}
	return names
}

// outputList describes these values, a line each.
func outputList() string {
	var b strings.Builder
	for _, o := range plan.Outputs() {
		fmt.Fprintf(&b, "    %-7s %s\n", o, o.Description())
	}
	return b.String()
}
