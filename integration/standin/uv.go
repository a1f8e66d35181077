package standin

import (
	"context"
	"fmt"
	"path"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// muslPlatforms are the platform tags of uv's static binaries.
func muslPlatforms() map[string][]string {
	return map[string][]string{
		"amd64": {"musllinux_1_1_x86_64"},
		"arm64": {"musllinux_1_1_aarch64"},
	}
}

// uv makes the image of a uv version: its two binaries and nothing else, like
// the original.
func (s Store) uv(ctx context.Context, version string) (v1.ImageIndex, error) {
	images := map[string]v1.Image{}
	for arch, platforms := range muslPlatforms() {
		wheel, err := s.wheels(ctx, "3.13", platforms, []string{"uv==" + version})
		if err != nil {
			return nil, err
		}
		content := tree{}
		for name, e := range wheel {
			if base := path.Base(name); path.Base(path.Dir(name)) == "scripts" && (base == "uv" || base == "uvx") {
				content.file(base, 0o755, e.data)
			}
		}
		if len(content) != 2 {
			return nil, fmt.Errorf("the wheel of uv %s for %s holds no uv and uvx scripts", version, arch)
		}
		config := v1.Config{Entrypoint: []string{"/uv"}, WorkingDir: "/io"}
		images[arch], err = assemble(arch, config, layerSource{content, "COPY uv uvx / # from the wheel"})
		if err != nil {
			return nil, err
		}
	}
	return index(images), nil
}
