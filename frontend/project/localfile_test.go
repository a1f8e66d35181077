package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wheels are files of a folder by their names.
func wheels(names ...string) []File {
	var files []File
	for _, name := range names {
		files = append(files, File{Filename: name, Path: name})
	}
	return files
}

func TestFolder(t *testing.T) {
	t.Parallel()
	for registry, want := range map[string]bool{"wheelhouse": true, "../wheels": true, "https://example.com/simple": false, "file:///wheels": false, "": false} {
		dir, ok := Source{Registry: registry}.Folder()
		assert.Equal(t, want, ok, registry)
		assert.Equal(t, registry, dir)
	}
}

func TestLocalFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		pkg  Package
		want []string
	}{
		{"a path", Package{Source: Source{Path: "vendor/a-1.tar.gz"}}, []string{"vendor/a-1.tar.gz"}},
		{"an index", Package{Source: Source{Registry: "https://example.com/simple"}, Wheels: wheels("a-1-py3-none-any.whl")}, nil},
		{"a folder", Package{Source: Source{Registry: "wheelhouse"}, Wheels: wheels("a-1-py3-none-any.whl", "/abs/b.whl"), Sdist: &File{Path: "a-1.tar.gz"}},
			[]string{"wheelhouse/a-1-py3-none-any.whl", "/abs/b.whl", "wheelhouse/a-1.tar.gz"}},
		{"a folder without a source", Package{Source: Source{Registry: "wheelhouse"}, Wheels: wheels("a-1-py3-none-any.whl")}, []string{"wheelhouse/a-1-py3-none-any.whl"}},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.pkg.LocalFiles(), tt.name)
	}
}

// TestLocalFile: of two wheels that install, uv takes the one whose tag comes
// first in its list, and of the same tag the one with the larger build number.
func TestLocalFile(t *testing.T) {
	t.Parallel()
	rt, ok := LookupRuntime(Version{3, 13})
	require.True(t, ok)
	for _, tt := range []struct{ better, worse string }{
		{"a-1-cp313-cp313-manylinux_2_17_x86_64.whl", "a-1-cp313-none-any.whl"},
		{"a-1-py3-none-manylinux_2_17_x86_64.whl", "a-1-cp313-none-any.whl"},
		{"a-1-cp313-cp313-manylinux_2_17_x86_64.whl", "a-1-cp313-abi3-manylinux_2_17_x86_64.whl"},
		{"a-1-cp313-abi3-manylinux_2_17_x86_64.whl", "a-1-cp313-none-manylinux_2_17_x86_64.whl"},
		{"a-1-cp313-none-manylinux_2_17_x86_64.whl", "a-1-cp312-abi3-manylinux_2_17_x86_64.whl"},
		{"a-1-cp312-abi3-manylinux_2_17_x86_64.whl", "a-1-cp39-abi3-manylinux_2_34_x86_64.whl"},
		{"a-1-cp39-abi3-manylinux_2_17_x86_64.whl", "a-1-py313-none-manylinux_2_17_x86_64.whl"},
		{"a-1-py313-none-any.whl", "a-1-py3-none-any.whl"},
		{"a-1-py3-none-any.whl", "a-1-py312-none-any.whl"},
		{"a-1-cp313-cp313-manylinux_2_34_x86_64.whl", "a-1-cp313-cp313-manylinux_2_28_x86_64.whl"},
		{"a-1-cp313-cp313-manylinux_2_17_x86_64.whl", "a-1-cp313-cp313-manylinux2014_x86_64.whl"},
		{"a-1-cp313-cp313-manylinux2014_x86_64.whl", "a-1-cp313-cp313-manylinux_2_12_x86_64.whl"},
		{"a-1-cp313-cp313-manylinux_2_5_x86_64.whl", "a-1-cp313-cp313-linux_x86_64.whl"},
		{"a-1-cp313-cp313-manylinux_2_12_x86_64.manylinux_2_28_x86_64.whl", "a-1-cp313-cp313-manylinux_2_17_x86_64.whl"},
		{"a-1-2-py3-none-any.whl", "a-1-1-py3-none-any.whl"},
		{"a-1-1-py3-none-any.whl", "a-1-py3-none-any.whl"},
		{"a-1-py3-none-any.whl", "a-1-cp313-cp313-manylinux_2_17_aarch64.whl"},
		{"a-1-py3-none-any.whl", "a-1-cp313-cp313-manylinux_2_35_x86_64.whl"},
	} {
		for _, files := range [][]File{wheels(tt.better, tt.worse), wheels(tt.worse, tt.better)} {
			pkg := Package{Name: "a", Source: Source{Registry: "wheelhouse"}, Wheels: files}
			file, ok := pkg.LocalFile(rt, "amd64", BuildSettings{})
			assert.True(t, ok, tt.better)
			assert.Equal(t, "wheelhouse/"+tt.better, file, "rather than %s", tt.worse)
		}
	}
}

func TestLocalFileOfOtherKinds(t *testing.T) {
	t.Parallel()
	rt, ok := LookupRuntime(Version{3, 13})
	require.True(t, ok)
	for _, tt := range []struct {
		name string
		pkg  Package
		want string
	}{
		{"a path", Package{Source: Source{Path: "vendor/a.whl"}}, "vendor/a.whl"},
		{"an index", Package{Source: Source{Registry: "https://example.com/simple"}}, ""},
		{"a source distribution", Package{Source: Source{Registry: "w"}, Sdist: &File{Path: "a.tar.gz"}}, "w/a.tar.gz"},
		{"nothing that installs", Package{Source: Source{Registry: "w"}, Wheels: wheels("a-1-cp312-cp312-win_amd64.whl")}, ""},
	} {
		file, ok := tt.pkg.LocalFile(rt, "amd64", BuildSettings{})
		assert.Equal(t, tt.want, file, tt.name)
		assert.Equal(t, tt.want != "", ok, tt.name)
	}
}
