package explain

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/uvlambda/uvlambda/cmd/internal/images"
)

const (
	// taskRoot is where Lambda keeps a function's code, and layers where it
	// unpacks a function's layers.
	taskRoot, layersRoot = "var/task", "opt"
	// taskRootVariable is the variable of an image that says otherwise.
	taskRootVariable = "LAMBDA_TASK_ROOT="
)

// Names in a layer that stand for something that it deletes:
// https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
)

// ReadImage lists the files in an image's layers. It reads all layers.
func ReadImage(ctx context.Context, image v1.Image) (Content, error) {
	config, err := image.ConfigFile()
	if err != nil {
		return Content{}, fmt.Errorf("reading the image's configuration: %w", err)
	}
	layers, err := images.Layers(image)
	if err != nil {
		return Content{}, err
	}
	c := Content{Kind: KindImage, roots: roots(config.Config)}
	if platform := config.Platform(); platform != nil {
		c.Platform = platform.String()
	}
	made := history(config)
	r := imageReader{content: &c, visible: map[string]int{}}
	for i, layer := range layers {
		described, err := describe(layer)
		if err != nil {
			return Content{}, err
		}
		if i < len(made) {
			described.Name = made[i]
		}
		c.Layers = append(c.Layers, described)
		if err := layer.Read(func(files io.Reader) error { return r.read(ctx, files) }); err != nil {
			return Content{}, err
		}
	}
	return c, nil
}

// roots are the folders of an image that hold the function.
func roots(config v1.Config) []string {
	root := taskRoot
	if dir := clean(config.WorkingDir); dir != "" {
		root = dir
	}
	for _, variable := range config.Env {
		if dir, ok := strings.CutPrefix(variable, taskRootVariable); ok && clean(dir) != "" {
			root = clean(dir)
		}
	}
	return []string{root, layersRoot}
}

// history says how each layer was made.
func history(config *v1.ConfigFile) []string {
	var made []string
	for _, entry := range config.History {
		if !entry.EmptyLayer {
			made = append(made, entry.CreatedBy)
		}
	}
	return made
}

// describe is what the image says of a layer.
func describe(layer images.Layer) (Layer, error) {
	described := Layer{DiffID: layer.ID.String()}
	kind, err := layer.MediaType()
	if err != nil {
		return Layer{}, fmt.Errorf("reading the image layer %s: %w", layer.ID, err)
	}
	if kind == types.OCIUncompressedLayer || kind == types.DockerUncompressedLayer {
		return described, nil
	}
	if described.Compressed, err = layer.Size(); err != nil {
		return Layer{}, fmt.Errorf("reading the image layer %s: %w", layer.ID, err)
	}
	return described, nil
}

// imageReader applies layers one after the other.
type imageReader struct {
	content *Content
	// visible are the indexes of the files that no layer so far hides.
	visible map[string]int
}

// changes are the changes that a layer makes to the layers below it.
type changes struct {
	// added are the files of the layer, folders the folders.
	added, folders map[string]bool
	// deleted are paths that go with all below them; emptied are folders that
	// lose all that lower layers put there.
	deleted, emptied map[string]bool
	files            []File
}

// read lists a layer.
func (r *imageReader) read(ctx context.Context, files io.Reader) error {
	did := changes{added: map[string]bool{}, folders: map[string]bool{}, deleted: map[string]bool{}, emptied: map[string]bool{}}
	entries := tar.NewReader(files)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			r.apply(did)
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.entry(&did, header, entries); err != nil {
			return err
		}
	}
}

// entry notes what an entry of a layer does.
func (r *imageReader) entry(did *changes, header *tar.Header, content io.Reader) error {
	name := clean(header.Name)
	folder, base := path.Split(name)
	if base == opaque {
		did.emptied[path.Clean(folder)] = true
		return nil
	}
	if deleted, ok := strings.CutPrefix(base, whiteout); ok {
		did.deleted[folder+deleted] = true
		return nil
	}
	file := File{Path: name, Layer: len(r.content.Layers) - 1}
	switch header.Typeflag {
	case tar.TypeReg:
		file.Size = header.Size
	case tar.TypeLink, tar.TypeSymlink:
	case tar.TypeDir:
		did.folders[name] = true
		return nil
	default:
		return nil
	}
	if err := r.content.claim(file); err != nil {
		return err
	}
	did.added[name] = true
	did.files = append(did.files, file)
	if header.Typeflag == tar.TypeReg && metadataFile.MatchString(name) {
		return r.content.read(name, content)
	}
	return nil
}

// apply hides what a layer replaces or deletes, and shows its own files.
func (r *imageReader) apply(did changes) {
	for name, index := range r.visible {
		if did.hides(name) {
			r.content.Files[index].Hidden = true
			delete(r.visible, name)
		}
	}
	for _, file := range did.files {
		// The last entry of a path wins.
		if before, ok := r.visible[file.Path]; ok {
			r.content.Files[before].Hidden = true
		}
		r.visible[file.Path] = len(r.content.Files)
		r.content.Files = append(r.content.Files, file)
	}
}

// hides reports whether a file of a lower layer is gone.
func (c *changes) hides(name string) bool {
	if c.added[name] || c.folders[name] || c.deleted[name] {
		return true
	}
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if c.added[folder] || c.deleted[folder] || c.emptied[folder] {
			return true
		}
	}
	return c.emptied["."]
}
