package standin

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// tree is the content of a layer: entries by slash path, without a leading
// slash.
type tree map[string]entry

// entry is a file, a folder (typeflag tar.TypeDir) or a symbolic link.
type entry struct {
	typeflag byte
	mode     int64
	link     string
	data     []byte
}

func (t tree) file(name string, mode int64, data []byte) {
	t[name] = entry{typeflag: tar.TypeReg, mode: mode, data: data}
}

func (t tree) symlink(name, target string) {
	t[name] = entry{typeflag: tar.TypeSymlink, mode: 0o777, link: target}
}

func (t tree) dir(name string, mode int64) {
	t[name] = entry{typeflag: tar.TypeDir, mode: mode}
}

// withParents adds the folders that entries are in, which registries and
// unpackers may insist on.
func (t tree) withParents() tree {
	all := maps.Clone(t)
	for name := range t {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, ok := all[dir]; !ok {
				all.dir(dir, 0o755)
			}
		}
	}
	return all
}

// layer packs the tree: sorted names, owner 0:0 and one fixed time, so that
// the same tree always gives the same digest.
func (t tree) layer() (v1.Layer, error) {
	all := t.withParents()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		e := all[name]
		header := &tar.Header{
			Typeflag: e.typeflag, Name: name, Linkname: e.link, Mode: e.mode,
			Size: int64(len(e.data)), ModTime: time.Unix(0, 0), Format: tar.FormatPAX,
		}
		if e.typeflag == tar.TypeDir {
			header.Name += "/"
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("packing %s: %w", name, err)
		}
		if _, err := w.Write(e.data); err != nil {
			return nil, fmt.Errorf("packing %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing a layer: %w", err)
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buf.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer), tarball.WithCompressedCaching)
}

// readTar reads an archive into a tree. Hard links become copies; devices are
// left out, as container runtimes make their own.
func readTar(r io.Reader) (tree, error) {
	t := tree{}
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading a root filesystem: %w", err)
		}
		name := strings.Trim(path.Clean("/"+header.Name), "/")
		switch header.Typeflag {
		case tar.TypeDir:
			if name != "" {
				t.dir(name, header.Mode)
			}
		case tar.TypeSymlink:
			t.symlink(name, header.Linkname)
		case tar.TypeLink:
			t[name] = t[strings.Trim(path.Clean("/"+header.Linkname), "/")]
		case tar.TypeReg:
			data, err := io.ReadAll(archive)
			if err != nil {
				return nil, fmt.Errorf("reading %s of a root filesystem: %w", name, err)
			}
			t.file(name, header.Mode, data)
		}
	}
}
