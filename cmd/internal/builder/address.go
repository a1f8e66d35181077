package builder

import (
	"fmt"
	"slices"
	"strings"
)

// hostVariable is the environment variable with the address of a BuildKit.
const hostVariable = "BUILDKIT_HOST"

// byAddress is the BuildKit at an address, and origin what named it.
func byAddress(address, origin string) (*Builder, error) {
	schemes := []string{"unix", "tcp", "docker-container", "podman-container", "nerdctl-container", "kube-pod", "ssh", "npipe"}
	scheme, place, ok := strings.Cut(address, "://")
	if !ok || place == "" || !slices.Contains(schemes, scheme) {
		return nil, fmt.Errorf("%s %q is not the address of a BuildKit: write one such as unix:///run/buildkit/buildkitd.sock, tcp://HOST:PORT or docker-container://NAME", origin, address)
	}
	return &Builder{Kind: KindAddress, Description: address + " (from " + origin + ")", Address: address, origin: origin}, nil
}
