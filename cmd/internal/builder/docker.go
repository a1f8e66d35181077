package builder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/docker/cli/cli/connhelper"
	"github.com/moby/buildkit/client"
	docker "github.com/moby/moby/client"
)

// defaultContext is the Docker context that the environment describes.
const defaultContext = "default"

// dockerEngine is the BuildKit of the engine that the docker command would
// use. Whether it runs is not checked.
func dockerEngine(host Host) (*Builder, error) {
	address, err := dockerHost(host)
	if err != nil {
		return nil, err
	}
	engine, err := dockerClient(host, address)
	if err != nil {
		return nil, fmt.Errorf("connecting to the docker engine at %s: %w", address, err)
	}
	return &Builder{
		Kind:        KindDocker,
		Description: "docker engine at " + address,
		DockerHost:  address,
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

func dockerClient(host Host, address string) (*docker.Client, error) {
	helper, err := connhelper.GetConnectionHelper(address)
	if err != nil {
		return nil, err
	}
	if helper != nil {
		return docker.New(docker.WithHost(helper.Host), docker.WithDialContext(helper.Dialer))
	}
	options := []docker.Opt{docker.WithHost(address)}
	if certs := host.Getenv("DOCKER_CERT_PATH"); certs != "" && host.Getenv("DOCKER_TLS_VERIFY") != "" {
		options = append(options, docker.WithTLSClientConfig(
			filepath.Join(certs, "ca.pem"), filepath.Join(certs, "cert.pem"), filepath.Join(certs, "key.pem")))
	}
	return docker.New(options...)
}

// dockerContext is the name of the Docker context in use, by the docker
// command's rules: DOCKER_HOST means the default one, then DOCKER_CONTEXT,
// then the configuration file.
func dockerContext(host Host) string {
	if host.Getenv("DOCKER_HOST") != "" {
		return defaultContext
	}
	if name := host.Getenv("DOCKER_CONTEXT"); name != "" {
		return name
	}
	var config struct {
		CurrentContext string `json:"currentContext"`
	}
	data, err := os.ReadFile(filepath.Join(dockerConfigDir(host), "config.json"))
	if err != nil || json.Unmarshal(data, &config) != nil || config.CurrentContext == "" {
		return defaultContext
	}
	return config.CurrentContext
}

// dockerHost is the engine's address. Contexts are kept in folders named by
// the SHA-256 of their name.
func dockerHost(host Host) (string, error) {
	if address := host.Getenv("DOCKER_HOST"); address != "" {
		return address, nil
	}
	name := dockerContext(host)
	if name == defaultContext {
		return docker.DefaultDockerHost, nil
	}
	sum := sha256.Sum256([]byte(name))
	file := filepath.Join(dockerConfigDir(host), "contexts", "meta", hex.EncodeToString(sum[:]), "meta.json")
	var meta struct {
		Endpoints map[string]struct{ Host string }
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("reading docker context %q: %w", name, err)
	}
	if err := json.Unmarshal(data, &meta); err != nil {
		return "", fmt.Errorf("reading docker context %q: %s: %w", name, file, err)
	}
	if address := meta.Endpoints["docker"].Host; address != "" {
		return address, nil
	}
	return "", fmt.Errorf("docker context %q has no engine address; choose another with `docker context use`", name)
}

func dockerConfigDir(host Host) string {
	if dir := host.Getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	return filepath.Join(host.Home, ".docker")
}
