package standin

import (
	_ "embed"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// adapterProgram stands in for the Lambda Web Adapter, on bases that have Python.
//
//go:embed adapter/lambda-adapter
var adapterProgram []byte

// adapter makes the image of the Lambda Web Adapter, which holds one program.
func adapter() (v1.ImageIndex, error) {
	images := map[string]v1.Image{}
	for _, arch := range []string{"amd64", "arm64"} {
		content := tree{}
		content.file("lambda-adapter", 0o755, adapterProgram)
		image, err := assemble(arch, v1.Config{}, layerSource{content, "COPY lambda-adapter /"})
		if err != nil {
			return nil, err
		}
		images[arch] = image
	}
	return index(images), nil
}
