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

	"github.com/sirupsen/logrus"

	"github.com/uvlambda/uvlambda/cmd/internal/heap"
)

func main() {
	heap.Relax()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// What the libraries below log on the way is not for people: what matters of
	// it comes back as an error.
	logrus.SetLevel(logrus.ErrorLevel)
	log.SetOutput(io.Discard)
	err := newRootCmd().ExecuteContext(ctx)
	stop()
	if err != nil {
		report(os.Stderr, err)
		os.Exit(exitCode(err))
	}
}
