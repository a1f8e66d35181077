package build

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
)

// Files are made here only when nothing else is made of the result.
func TestCreateInAFolderOnly(t *testing.T) {
	t.Parallel()
	type outputs = []buildflags.Output
	folder := buildflags.Output{Type: "local", Attrs: attrs{}, Dest: "out", Folder: true}
	for name, tt := range map[string]struct {
		request buildflags.Request
		creates bool
	}{
		"folder":       {buildflags.Request{Outputs: outputs{folder}}, true},
		"nothing":      {buildflags.Request{}, false},
		"two folders":  {buildflags.Request{Outputs: outputs{folder, folder}}, false},
		"with options": {buildflags.Request{Outputs: outputs{{Type: "local", Attrs: attrs{"platform-split": "false"}, Dest: "out", Folder: true}}}, false},
		"tar":          {buildflags.Request{Outputs: outputs{{Type: "tar", Attrs: attrs{}, Dest: "out.tar"}}}, false},
		"layout":       {buildflags.Request{Outputs: outputs{{Type: "oci", Attrs: attrs{}, Dest: "out", Folder: true}}}, false},
		"cache":        {buildflags.Request{Outputs: outputs{folder}, CacheExports: []client.CacheOptionsEntry{{Type: "local"}}}, false},
		"attestation":  {buildflags.Request{Outputs: outputs{folder}, Attrs: attrs{"attest:provenance": "mode=max"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.creates, (&delivery{}).createIn(&tt.request, nil) != nil)
		})
	}
}

// A file is in place when the build has succeeded, and not before.
func TestCreate(t *testing.T) {
	t.Parallel()
	for _, succeeds := range []bool{true, false} {
		out := filepath.Join(t.TempDir(), "out")
		d := &delivery{}
		var reported []*client.Vertex
		create := d.createIn(&buildflags.Request{Outputs: []buildflags.Output{{Type: "local", Dest: out, Folder: true}}},
			func(status *client.SolveStatus) { reported = append(reported, status.Vertexes...) })
		w, err := create("linux_arm64/api.zip")
		require.NoError(t, err)
		_, err = io.WriteString(w, "content")
		require.NoError(t, err)
		require.NoError(t, w.Close())
		path := filepath.Join(out, "linux_arm64", "api.zip")
		require.NoFileExists(t, path)
		if succeeds {
			require.NoError(t, d.finish(t.Context()))
		}
		d.discard()
		if !succeeds {
			require.Empty(t, names(t, filepath.Dir(path)))
			continue
		}
		require.Equal(t, []string{"api.zip"}, names(t, filepath.Dir(path)))
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "content", string(content))

		require.Len(t, reported, 2)
		for i, vertex := range reported {
			require.Equal(t, "writing "+path, vertex.Name)
			require.Equal(t, reported[0].Digest, vertex.Digest)
			require.NotNil(t, vertex.Started)
			require.Equal(t, i == 1, vertex.Completed != nil)
		}
	}
}

// What cannot be written is an error.
func TestCreateInNoFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	create := (&delivery{}).createIn(&buildflags.Request{Outputs: []buildflags.Output{{Type: "local", Dest: file, Folder: true}}}, nil)
	_, err := create("api.zip")
	require.ErrorContains(t, err, "writing "+filepath.Join(file, "api.zip"))

	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "api.zip"), 0o700))
	create = (&delivery{}).createIn(&buildflags.Request{Outputs: []buildflags.Output{{Type: "local", Dest: folder, Folder: true}}}, nil)
	_, err = create("api.zip")
	require.EqualError(t, err, "writing "+filepath.Join(folder, "api.zip")+": it is a folder: remove it, or write to another place")
}

// The facts of an archive have the name of the project, which a file of it may
// have too.
func TestCreateOverAnotherFile(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	file := filepath.Join(out, "api.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"openapi": "3.1.0"}`), 0o600))
	d := &delivery{}
	create := d.createIn(&buildflags.Request{Outputs: []buildflags.Output{{Type: "local", Dest: out, Folder: true}}}, func(*client.SolveStatus) {})
	_, err := create("api.json")
	require.EqualError(t, err, "the archive's facts would replace "+file+", which holds something else: name another place")
	require.NoError(t, os.WriteFile(file, []byte(`{"CodeSha256": "x"}`), 0o600))
	w, err := create("api.json")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	d.discard()
}
