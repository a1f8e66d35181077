package standin

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// golang makes a golang image out of the local toolchain, for the local
// platform: enough to compile programs without cgo.
func (s Store) golang(ctx context.Context, ca []byte) (v1.ImageIndex, error) {
	base, err := s.rootfs(ctx, lambdaRecipes()[Python313], runtime.GOARCH, false)
	if err != nil {
		return nil, err
	}
	trust(base, ca)
	toolchain := tree{}
	if err := addToolchain(toolchain, s.GOROOT); err != nil {
		return nil, fmt.Errorf("copying the Go toolchain: %w", err)
	}
	config := v1.Config{
		Env: []string{
			"PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			"GOTOOLCHAIN=local", "GOPATH=/go", "CGO_ENABLED=0", caEnv,
		},
		WorkingDir: "/go",
		Cmd:        []string{"bash"},
	}
	image, err := assemble(runtime.GOARCH, config,
		layerSource{base, "debian root filesystem"}, layerSource{toolchain, "COPY go /usr/local/go"})
	if err != nil {
		return nil, err
	}
	return index(map[string]v1.Image{runtime.GOARCH: image}), nil
}

func addToolchain(t tree, goroot string) error {
	unused := []string{"test", "doc", "api", "misc"}
	return filepath.WalkDir(goroot, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(goroot, path)
		if err != nil {
			return err
		}
		if d.IsDir() && (slices.Contains(unused, name) || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		t.file("usr/local/go/"+filepath.ToSlash(name), int64(info.Mode().Perm()), data)
		return nil
	})
}
