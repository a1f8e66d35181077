package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/builder"
	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
)

const builderLong = `A private builder is a real buildkitd with runc, for machines that have no
BuildKit. It needs root. It runs until it is stopped, and keeps its cache in
$XDG_STATE_HOME/uvlambda/builders (by default below ~/.local/state).

"uvlambda build" starts the one named "default" by itself when it finds no
other BuildKit.`

const builderExample = `  # Start the default private builder
  uvlambda builder start

  # One with a configuration of its own, used by name
  uvlambda builder start --name mirrored --config buildkitd.toml
  uvlambda build --builder mirrored .

  # See which BuildKit builds use
  uvlambda builder find`

// newBuilderCmd makes `uvlambda builder`.
func newBuilderCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "builder",
		Short:   "Run a private BuildKit",
		Long:    builderLong,
		Example: builderExample,
		Args:    unknownCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var name string
	cmd.PersistentFlags().StringVar(&name, "name", builder.DefaultName, "name of the private builder")
	cmd.AddCommand(newBuilderStartCmd(&name), newBuilderStopCmd(&name), newBuilderStatusCmd(&name), newBuilderFindCmd())
	return cmd
}

func newBuilderStartCmd(name *string) *cobra.Command {
	var config string
	cmd := &cobra.Command{
		Use:   "start",
		Short: "Start the builder, and print its address",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			private, err := privateBuilder(*name, config)
			if err != nil {
				return err
			}
			if err := private.Start(cmd.Context()); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), private.Status(cmd.Context()).Address)
			return err
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "buildkitd.toml to start it with")
	return cmd
}

func newBuilderStopCmd(name *string) *cobra.Command {
	return &cobra.Command{
		Use:   "stop",
		Short: "Stop the builder, keeping its cache",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			private, err := privateBuilder(*name, "")
			if err != nil {
				return err
			}
			return private.Stop(cmd.Context())
		},
	}
}

func newBuilderStatusCmd(name *string) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say whether the builder runs, its address and its log file",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			private, err := privateBuilder(*name, "")
			if err != nil {
				return err
			}
			status := private.Status(cmd.Context())
			state := "stopped"
			if status.Running {
				state = fmt.Sprintf("running (process %d)", status.PID)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "name:    %s\nstate:   %s\naddress: %s\nlog:     %s\n",
				private.Name, state, status.Address, status.Log)
			return err
		},
	}
}

func newBuilderFindCmd() *cobra.Command {
	var addressOnly bool
	cmd := &cobra.Command{
		Use:   "find [NAME]",
		Short: "Say which BuildKit a build uses, starting the private one if need be",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			host, err := builderHost()
			if err != nil {
				return err
			}
			found, err := builder.Find(cmd.Context(), host, strings.Join(args, ""), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			text := found.Description
			if addressOnly {
				text = found.Address
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), text)
			return err
		},
	}
	cmd.Flags().BoolVar(&addressOnly, "address", false, "print BuildKit's address alone; it is empty for a Docker engine's own")
	return cmd
}

func privateBuilder(name, config string) (*builder.Private, error) {
	host, err := builderHost()
	if err != nil {
		return nil, err
	}
	return builder.NewPrivate(host, name, config)
}

// builderHost reads what the search for a BuildKit depends on.
func builderHost() (builder.Host, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return builder.Host{}, fmt.Errorf("finding the home folder: %w; set HOME", err)
	}
	return builder.Host{Getenv: os.Getenv, Home: home, UID: rootless.UserID(), BuildKit: buildkitVersion()}, nil
}

// buildkitVersion is the version of BuildKit's packages in this program, so
// that a private builder runs the BuildKit that the program was compiled for.
func buildkitVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/moby/buildkit" {
			return module.Version
		}
	}
	return "unknown"
}
