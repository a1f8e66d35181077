package standin

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// layerSource is a layer with the line that history shows for it.
type layerSource struct {
	content tree
	history string
}

// assemble makes the image of one architecture ("amd64", "arm64").
func assemble(arch string, config v1.Config, sources ...layerSource) (v1.Image, error) {
	image := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	image = mutate.ConfigMediaType(image, types.OCIConfigJSON)
	for _, source := range sources {
		layer, err := source.content.layer()
		if err != nil {
			return nil, err
		}
		image, err = mutate.Append(image, mutate.Addendum{
			Layer:     layer,
			MediaType: types.OCILayer,
			History:   v1.History{CreatedBy: source.history},
		})
		if err != nil {
			return nil, fmt.Errorf("adding a layer (%s): %w", source.history, err)
		}
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("reading the image configuration: %w", err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Config = "linux", arch, config
	return mutate.ConfigFile(image, file)
}

// ProgramImage is an image of one architecture that holds nothing but a
// program, at the path that the configuration's entrypoint names.
func ProgramImage(arch string, config v1.Config, program []byte) (v1.Image, error) {
	content := tree{}
	content.file(strings.TrimPrefix(config.Entrypoint[0], "/"), 0o755, program)
	return assemble(arch, config, layerSource{content, "COPY " + config.Entrypoint[0]})
}

// index joins images by architecture.
func index(images map[string]v1.Image) v1.ImageIndex {
	joined := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, arch := range slices.Sorted(maps.Keys(images)) {
		joined = mutate.AppendManifests(joined, mutate.IndexAddendum{
			Add:        images[arch],
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}},
		})
	}
	return joined
}

// Push copies the image into a registry (host:port, plain HTTP), below the
// path that its own registry has it at.
func Push(ctx context.Context, registry string, image Image) error {
	_, path, _ := strings.Cut(image.Ref, "/")
	ref, err := name.ParseReference(registry+"/"+path, name.Insecure)
	if err != nil {
		return fmt.Errorf("pushing stand-in %s: %w", image.Ref, err)
	}
	index, err := image.Index()
	if err != nil {
		return err
	}
	if err := remote.WriteIndex(ref, index, remote.WithContext(ctx)); err != nil {
		return fmt.Errorf("pushing stand-in %s: %w", image.Ref, err)
	}
	return nil
}

// Answers says whether the registry of a reference can be used: whether its
// API's base path answers within the time given, with or without a demand to
// log in (OCI distribution specification, "Determining Support").
func Answers(ctx context.Context, ref string, timeout time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	host, _, _ := strings.Cut(ref, "/")
	if host == "docker.io" {
		host = name.DefaultRegistry
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+host+"/v2/", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK || response.StatusCode == http.StatusUnauthorized
}
