package builder

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/moby/buildkit/client"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

// errNoBuilder means that nothing of the wanted name is there.
var errNoBuilder = errors.New("there is no builder")

// instance is a builder as docker buildx keeps it, one JSON file each.
type instance struct {
	Name   string
	Driver string
	Nodes  []struct {
		Name       string
		Endpoint   string
		DriverOpts map[string]string
	}
}

// currentBuildx is the builder that `docker buildx use` chose, or
// BUILDX_BUILDER names.
func currentBuildx(host Host) (*Builder, error) {
	if name := host.Getenv("BUILDX_BUILDER"); name != "" {
		return buildxNamed(host, name)
	}
	engine, err := buildxKey(host)
	if err != nil {
		return nil, err
	}
	var current struct {
		Key    string
		Name   string
		Global bool
	}
	if err := readJSON(filepath.Join(buildxDir(host), "current"), &current); err != nil {
		return nil, err
	}
	if current.Name != "" && (current.Global || current.Key == engine) {
		return buildxNamed(host, current.Name)
	}
	// A choice made with --default is kept per engine, in a file named by the
	// start of the SHA-256 of its key.
	sum := sha256.Sum256([]byte(engine))
	name, err := os.ReadFile(filepath.Join(buildxDir(host), "defaults", hex.EncodeToString(sum[:])[:20]))
	if err != nil {
		return nil, errNoBuilder
	}
	return buildxNamed(host, string(name))
}

// buildxKey is what buildx records a choice under: the engine's address for
// the default Docker context, else the context's name.
func buildxKey(host Host) (string, error) {
	if name := host.docker().Context(); name != docker.DefaultContext {
		return name, nil
	}
	endpoint, err := host.docker().Endpoint()
	return endpoint.Host, err
}

// buildxNamed is the buildx builder of that name. Of a builder with several
// nodes the first is used.
func buildxNamed(host Host, name string) (*Builder, error) {
	if name != filepath.Base(name) {
		return nil, fmt.Errorf("builder name %q holds a slash; give a name that `docker buildx ls` lists", name)
	}
	var found instance
	if err := readJSON(filepath.Join(buildxDir(host), "instances", name), &found); err != nil {
		return nil, err
	}
	if len(found.Nodes) == 0 {
		return nil, fmt.Errorf("buildx builder %q has no nodes; remove it with `docker buildx rm %s`", name, name)
	}
	b := &Builder{Kind: KindBuildx, Description: fmt.Sprintf("buildx builder %q", name)}
	node := found.Nodes[0]
	switch found.Driver {
	case "remote":
		b.Address, b.options = node.Endpoint, remoteTLS(node.DriverOpts)
	case "docker-container":
		b.Address = "docker-container://buildx_buildkit_" + node.Name
		if node.Endpoint != "" && filepath.Base(node.Endpoint) == node.Endpoint && node.Endpoint != docker.DefaultContext {
			b.Address += "?context=" + node.Endpoint
		}
	default:
		return nil, fmt.Errorf("buildx builder %q has the driver %q, and only remote and docker-container are supported; "+
			"give its address in BUILDKIT_HOST", name, found.Driver)
	}
	return b, nil
}

// remoteTLS are the options of buildx's remote driver that name certificates.
func remoteTLS(driver map[string]string) []client.ClientOpt {
	var options []client.ClientOpt
	if ca := driver["cacert"]; ca != "" {
		options = append(options, client.WithServerConfig(driver["servername"], ca))
	}
	if cert, key := driver["cert"], driver["key"]; cert != "" && key != "" {
		options = append(options, client.WithCredentials(cert, key))
	}
	return options
}

func buildxDir(host Host) string {
	if dir := host.Getenv("BUILDX_CONFIG"); dir != "" {
		return dir
	}
	return filepath.Join(host.docker().Dir(), "buildx")
}

// readJSON returns errNoBuilder when there is no such file.
func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return errNoBuilder
	}
	if err != nil {
		return fmt.Errorf("reading the buildx configuration: %w", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("reading the buildx configuration %s: %w", path, err)
	}
	return nil
}
