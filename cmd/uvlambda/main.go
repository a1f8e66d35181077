// Command uvlambda builds AWS Lambda container images from uv projects, shows
// what it would build, and runs what it built. It is the second door to the
// frontend; the first is a `# syntax=` line and docker buildx.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	// The session has the wire format of BuildKit's own clients, which takes every
	// name that a file can have.
	_ "github.com/moby/buildkit/util/grpcutil/encoding/proto"
	"github.com/sirupsen/logrus"

	"github.com/uvlambda/uvlambda/cmd/internal/heap"
	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
)

func main() {
	heap.Relax()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends a command that does not end by itself. The run of a
	// person who is not root gets two of each Ctrl-C, the terminal's and the
	// first run's.
	if !rootless.OneUser() {
		context.AfterFunc(ctx, stop)
	}
	// Logs of libraries are not for people: a failure that matters comes back as an
	// error.
	logrus.SetOutput(io.Discard)
	log.SetOutput(io.Discard)
	err := newRootCmd().ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		// An interrupted command fails in many ways. None of them tells a person more.
		err = errInterrupted
	}
	stop()
	if err != nil {
		report(os.Stderr, err)
		os.Exit(exitCode(err))
	}
}
