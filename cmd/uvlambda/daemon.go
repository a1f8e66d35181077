package main

import (
	"context"
	"os"

	"github.com/uvlambda/uvlambda/cmd/internal/build"
	"github.com/uvlambda/uvlambda/cmd/internal/builder"
)

// openDaemon connects to the BuildKit that a build runs on. Standard error says
// what is started for it.
func openDaemon(ctx context.Context, name string) (build.Daemon, error) {
	host, err := builderHost()
	if err != nil {
		return build.Daemon{}, err
	}
	found, err := builder.Find(ctx, host, name, os.Stderr)
	if err != nil {
		return build.Daemon{}, err
	}
	c, err := found.Client(ctx)
	if err != nil {
		return build.Daemon{}, err
	}
	return build.Daemon{Client: c, Engine: found.Kind == builder.KindDocker, Builder: found}, nil
}
