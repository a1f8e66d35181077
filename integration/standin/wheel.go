package standin

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// wheels downloads the newest wheels that pip finds for the requirements and
// unpacks them into one tree. Platforms are tags of PEP 425, tried together.
func (s Store) wheels(ctx context.Context, python string, platforms, requirements []string) (tree, error) {
	if err := apt.Ensure(ctx, s.Log, s.Root, apt.Pip); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "wheels-")
	if err != nil {
		return nil, fmt.Errorf("downloading wheels: %w", err)
	}
	defer os.RemoveAll(dir)
	args := []string{"download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", dir, "--python-version", python}
	for _, platform := range platforms {
		args = append(args, "--platform", platform)
	}
	command := exec.CommandContext(ctx, "pip3", append(args, requirements...)...)
	if out, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("downloading %s: %w\n%s", strings.Join(requirements, ", "), err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil {
		return nil, fmt.Errorf("downloading wheels: %w", err)
	}
	all := tree{}
	for _, wheel := range found {
		if err := unzip(wheel, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func unzip(path string, into tree) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return fmt.Errorf("opening wheel %s: %w", filepath.Base(path), err)
	}
	defer archive.Close()
	for _, f := range archive.File {
		if f.FileInfo().IsDir() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("unpacking %s of %s: %w", f.Name, filepath.Base(path), err)
		}
		data, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return fmt.Errorf("unpacking %s of %s: %w", f.Name, filepath.Base(path), err)
		}
		into.file(f.Name, 0o644, data)
	}
	return nil
}
