package docker

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/context"
	endpoint "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
	"github.com/moby/moby/client"
)

// DefaultContext is the name of the context that the environment describes.
const DefaultContext = "default"

// Settings are what the docker command reads of a person: variables of the
// environment, and files below their home folder.
type Settings struct {
	// Getenv reads an environment variable.
	Getenv func(string) string
	// Home is the person's home folder.
	Home string
}

// Dir is the folder of the docker command's configuration.
func (s Settings) Dir() string {
	if dir := s.Getenv(config.EnvOverrideConfigDir); dir != "" {
		return dir
	}
	return filepath.Join(s.Home, ".docker")
}

// Context is the name of the context in use, by the docker command's rules:
// DOCKER_HOST means the default context, then DOCKER_CONTEXT names one, then
// the configuration file.
func (s Settings) Context() string {
	if s.Getenv(client.EnvOverrideHost) != "" {
		return DefaultContext
	}
	if name := s.Getenv("DOCKER_CONTEXT"); name != "" {
		return name
	}
	file, err := config.Load(s.Dir())
	if err != nil || file.CurrentContext == "" {
		return DefaultContext
	}
	return file.CurrentContext
}

// Endpoint is the address of the engine in use, and the certificates for it.
// Whether the engine runs is not checked.
func (s Settings) Endpoint() (endpoint.Endpoint, error) {
	name := s.Context()
	if name == DefaultContext {
		return s.defaultEndpoint()
	}
	contexts := store.New(filepath.Join(s.Dir(), "contexts"), store.NewConfig(
		func() any { return new(map[string]any) },
		store.EndpointTypeGetter(endpoint.DockerEndpoint, func() any { return new(endpoint.EndpointMeta) })))
	metadata, err := contexts.GetMetadata(name)
	if err != nil {
		return endpoint.Endpoint{}, fmt.Errorf("reading docker context %q: %w", name, err)
	}
	meta, err := endpoint.EndpointFromContext(metadata)
	if err != nil || meta.Host == "" {
		return endpoint.Endpoint{}, fmt.Errorf("docker context %q has no engine address; choose another with `docker context use`", name)
	}
	e, err := endpoint.WithTLSData(contexts, name, meta)
	if err != nil {
		return endpoint.Endpoint{}, fmt.Errorf("reading the certificates of docker context %q: %w", name, err)
	}
	return e, nil
}

// defaultEndpoint is the engine that the environment describes. With
// DOCKER_TLS_VERIFY the certificates are in DOCKER_CERT_PATH, which is by
// default the folder of the configuration.
func (s Settings) defaultEndpoint() (endpoint.Endpoint, error) {
	e := endpoint.Endpoint{EndpointMeta: endpoint.EndpointMeta{Host: client.DefaultDockerHost}}
	if host := s.Getenv(client.EnvOverrideHost); host != "" {
		e.Host = host
	}
	if s.Getenv(client.EnvTLSVerify) == "" {
		return e, nil
	}
	folder := s.Getenv(client.EnvOverrideCertPath)
	if folder == "" {
		folder = s.Dir()
	}
	certificates, err := context.TLSDataFromFiles(present(folder, "ca.pem"), present(folder, "cert.pem"), present(folder, "key.pem"))
	if err != nil {
		return endpoint.Endpoint{}, fmt.Errorf("reading the certificates for the docker engine in %s: %w", folder, err)
	}
	if certificates == nil {
		// The engine's certificate is verified with the machine's authorities.
		certificates = &context.TLSData{}
	}
	e.TLSData = certificates
	return e, nil
}

// present is the path of a file in a folder, or empty when there is no such file.
func present(folder, name string) string {
	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// Client returns a client of the engine in use, and the engine's address.
func (s Settings) Client() (engine *client.Client, address string, err error) {
	e, err := s.Endpoint()
	if err != nil {
		return nil, "", err
	}
	options, err := e.ClientOpts()
	if err == nil {
		engine, err = client.New(options...)
	}
	if err != nil {
		return nil, "", fmt.Errorf("connecting to the docker engine at %s: %w", e.Host, err)
	}
	return engine, e.Host, nil
}
