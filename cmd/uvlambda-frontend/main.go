// Command uvlambda-frontend is the frontend image's program: it serves the
// build function to BuildKit's gateway. Standard input and output are the
// connection; whatever is printed goes to standard error, the daemon's log.
package main

import (
	"context"
	"log"
	"os"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/moby/buildkit/frontend/gateway/grpcclient"
	"github.com/moby/buildkit/util/appcontext"

	// The wire format of messages on the gateway connection.
	_ "github.com/moby/buildkit/util/grpcutil/encoding/proto"

	"github.com/uvlambda/uvlambda/cmd/internal/heap"
	"github.com/uvlambda/uvlambda/frontend"
)

func main() {
	heap.Relax()
	log.SetOutput(os.Stderr)
	if err := grpcclient.RunFromEnvironment(appcontext.Context(), build); err != nil {
		log.Fatalf("uvlambda-frontend: %v", err)
	}
}

// build is the frontend for clients in another process.
func build(ctx context.Context, c gwclient.Client) (*gwclient.Result, error) {
	return frontend.Build(ctx, c, frontend.Options{})
}
