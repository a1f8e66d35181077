package builder

import (
	"context"
	"net"

	"github.com/moby/buildkit/client"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

// docker is what the docker command reads of the person.
func (h Host) docker() docker.Settings { return docker.Settings{Getenv: h.Getenv, Home: h.Home} }

// dockerEngine is the BuildKit of the engine that the docker command would
// use. Whether it runs is not checked.
func dockerEngine(host Host) (*Builder, error) {
	engine, address, err := host.docker().Client()
	if err != nil {
		return nil, err
	}
	return &Builder{
		Kind:        KindDocker,
		Description: "docker engine at " + address,
		options: []client.ClientOpt{
			client.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
				return engine.DialHijack(ctx, "/grpc", "h2c", nil)
			}),
			client.WithSessionDialer(func(ctx context.Context, proto string, meta map[string][]string) (net.Conn, error) {
				return engine.DialHijack(ctx, "/session", proto, meta)
			}),
		},
	}, nil
}
