package testenv

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// TaskRoot gives the contents of an image's task root by path.
func TaskRoot(image v1.Image) (map[string][]byte, error) {
	files := mutate.Extract(image)
	defer files.Close()
	tree := map[string][]byte{}
	archive := tar.NewReader(files)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return tree, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the layers of an image: %w", err)
		}
		name, ok := strings.CutPrefix(header.Name, "var/task/")
		if !ok || header.Typeflag != tar.TypeReg {
			continue
		}
		if tree[name], err = io.ReadAll(archive); err != nil {
			return nil, fmt.Errorf("reading %s of an image: %w", header.Name, err)
		}
	}
}

// Leftovers are those of a task root's paths that only its build needed.
func Leftovers(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(name string) bool {
		switch base := path.Base(name); {
		case name == ".lock", name == "requirements.txt", strings.HasPrefix(base, "pylock."), strings.HasPrefix(name, "bin/"),
			strings.HasSuffix(name, ".pth"), base == "direct_url.json", base == "INSTALLER", base == "REQUESTED", base == "uv_cache.json":
			return false
		}
		return true
	})
}
