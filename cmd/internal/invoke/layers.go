package invoke

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Layers keeps unpacked image layers in a folder. Images that share layers
// share what is unpacked of them: a root filesystem is a mount of its layers,
// and making one takes as long as unpacking what is new.
type Layers struct {
	folder string

	mu sync.Mutex
	// users counts the mounts of a layer, by its name.
	users map[string]int
}

// NewLayers keeps layers in a folder that exists and holds nothing else. The
// folder is the caller's to remove.
func NewLayers(folder string) *Layers {
	return &Layers{folder: folder, users: map[string]int{}}
}

// parent is the folder that folders of containers are made in: the system's
// for temporary files when no layers are kept.
func (l *Layers) parent() string {
	if l == nil {
		return ""
	}
	return l.folder
}

// mount makes an image's root filesystem at a folder. The function that it
// returns releases it, and removes the layers that no other image uses.
func (l *Layers) mount(ctx context.Context, image v1.Image, target string) (func() error, error) {
	layers, err := image.Layers()
	if err != nil {
		return nothing, fmt.Errorf("reading the image's layers: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	points, err := l.mountPoints()
	if err != nil {
		return nothing, err
	}
	var names []string
	folders := []string{points}
	for _, layer := range layers {
		name, err := l.unpack(ctx, layer)
		if err != nil {
			return nothing, errors.Join(err, l.release(names))
		}
		// Two equal layers would be one folder twice, which no mount takes.
		if !slices.Contains(names, name) {
			names, folders = append(names, name), append(folders, filepath.Join(l.folder, name))
			l.users[name]++
		}
	}
	slices.Reverse(folders)
	if err := mountLayers(folders, target); err != nil {
		return nothing, errors.Join(fmt.Errorf("mounting the image's layers: %w: start docker, which runs images by itself", err), l.release(names))
	}
	return func() error {
		if err := unmountLayers(target); err != nil {
			return fmt.Errorf("unmounting the image's layers: %w", err)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.release(names)
	}, nil
}

// unpack unpacks a layer, unless it is there, and returns its name.
func (l *Layers) unpack(ctx context.Context, layer v1.Layer) (string, error) {
	digest, err := layer.DiffID()
	if err != nil {
		return "", fmt.Errorf("reading an image layer: %w", err)
	}
	if l.users[digest.Hex] > 0 {
		return digest.Hex, nil
	}
	folder := filepath.Join(l.folder, digest.Hex)
	// The function's unprivileged user reads what is in it.
	err = os.Mkdir(folder, 0o755)
	if err == nil {
		err = unpackLayer(ctx, folder, layer)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("unpacking the image layer %s: %w", digest, err), os.RemoveAll(folder))
	}
	return digest.Hex, nil
}

// release forgets one use of layers and removes those that have no other.
func (l *Layers) release(names []string) error {
	var problems []error
	for _, name := range names {
		l.users[name]--
		if l.users[name] == 0 {
			problems = append(problems, os.RemoveAll(filepath.Join(l.folder, name)))
		}
	}
	return errors.Join(problems...)
}

// mountPoints is a layer with what a container's filesystems are mounted on.
// It goes below all others: a root filesystem that is only read can't be given
// what an image lacks.
func (l *Layers) mountPoints() (string, error) {
	folder := filepath.Join(l.folder, "mountpoints")
	for _, m := range mounts() {
		point := filepath.Join(folder, m.Destination)
		file := m.Type == "bind"
		if file {
			point = filepath.Dir(point)
		}
		if err := os.MkdirAll(point, 0o755); err != nil {
			return "", fmt.Errorf("preparing a root filesystem: %w", err)
		}
		if file {
			if err := os.WriteFile(filepath.Join(folder, m.Destination), nil, 0o644); err != nil {
				return "", fmt.Errorf("preparing a root filesystem: %w", err)
			}
		}
	}
	return folder, nil
}
