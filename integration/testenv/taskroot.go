package testenv

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

const (
	taskRoot = "var/task/"
	// whiteout begins the names in a layer that stand for something that it
	// deletes.
	whiteout = ".wh."
)

// TaskRoot gives the contents of an image's task root by path.
func TaskRoot(image v1.Image) (map[string][]byte, error) {
	files := mutate.Extract(image)
	defer files.Close()
	tree := map[string][]byte{}
	err := eachEntry(files, func(header *tar.Header, content io.Reader) (err error) {
		name, ok := strings.CutPrefix(header.Name, taskRoot)
		if ok && header.Typeflag == tar.TypeReg {
			tree[name], err = io.ReadAll(content)
		}
		return err
	})
	return tree, err
}

// eachEntry visits the entries of an archive that is all or a part of an image.
func eachEntry(files io.Reader, visit func(*tar.Header, io.Reader) error) error {
	archive := tar.NewReader(files)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the layers of an image: %w", err)
		}
		if err := visit(header, archive); err != nil {
			return fmt.Errorf("reading %s of an image: %w", header.Name, err)
		}
	}
}

// TaskRoots reads the task roots of many images. A layer without files of a task
// root, such as a base's layer, is read once.
type TaskRoots struct {
	// other tells by digest which layers those are.
	other sync.Map
}

// Of is the TaskRoot of an image.
func (r *TaskRoots) Of(image v1.Image) (map[string][]byte, error) {
	layers, err := image.Layers()
	if err != nil {
		return nil, fmt.Errorf("reading the layers of an image: %w", err)
	}
	var relevant []v1.Layer
	for _, layer := range layers {
		other, err := r.isOther(layer)
		if err != nil {
			return nil, err
		}
		if !other {
			relevant = append(relevant, layer)
		}
	}
	reduced, err := mutate.AppendLayers(empty.Image, relevant...)
	if err != nil {
		return nil, fmt.Errorf("leaving out layers of an image: %w", err)
	}
	return TaskRoot(reduced)
}

// isOther reports whether a layer neither puts anything into a task root nor
// deletes anything.
func (r *TaskRoots) isOther(layer v1.Layer) (bool, error) {
	digest, err := layer.Digest()
	if err != nil {
		return false, fmt.Errorf("reading a layer of an image: %w", err)
	}
	if other, known := r.other.Load(digest); known {
		return other.(bool), nil
	}
	files, err := layer.Uncompressed()
	if err != nil {
		return false, fmt.Errorf("reading the layer %s of an image: %w", digest, err)
	}
	defer files.Close()
	other := true
	err = eachEntry(files, func(header *tar.Header, _ io.Reader) error {
		name := path.Clean(header.Name)
		if strings.HasPrefix(name, taskRoot) || strings.HasPrefix(path.Base(name), whiteout) {
			other = false
		}
		return nil
	})
	if err == nil {
		r.other.Store(digest, other)
	}
	return other, err
}

// Leftovers are the paths of a task root that only its build needed.
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
