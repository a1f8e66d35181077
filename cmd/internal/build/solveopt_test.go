package build

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/docker/cli/cli/config/configfile"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session/sshforward/sshprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
)

// options are for a request that reads the given standard input.
func options(request *buildflags.Request, stdin string) Options {
	return Options{
		Request:  request,
		Terminal: Terminal{Stdin: strings.NewReader(stdin)},
		Docker:   configfile.New(""),
	}
}

func TestSolveOpt(t *testing.T) {
	t.Parallel()
	folder, layout := t.TempDir(), t.TempDir()
	request := &buildflags.Request{
		Attrs:        map[string]string{"target": "image"},
		Folders:      map[string]string{"context": folder, "dockerfile": folder},
		Layouts:      map[string]string{"layout0": layout},
		SharedKey:    "hello",
		CacheImports: []client.CacheOptionsEntry{{Type: "local"}},
		CacheExports: []client.CacheOptionsEntry{{Type: "inline"}},
		Entitlements: []string{"network.host"},
	}
	opt, release, err := solveOpt(options(request, ""), &delivery{exports: []client.ExportEntry{{Type: "image"}}})
	require.NoError(t, err)
	defer release()
	assert.Equal(t, request.Attrs, opt.FrontendAttrs)
	assert.Equal(t, []string{"context", "dockerfile"}, slices.Sorted(maps.Keys(opt.LocalMounts)))
	assert.Equal(t, []string{"layout0"}, slices.Sorted(maps.Keys(opt.OCIStores)))
	assert.Equal(t, "hello", opt.SharedKey)
	assert.Equal(t, request.CacheImports, opt.CacheImports)
	assert.Equal(t, request.CacheExports, opt.CacheExports)
	assert.Equal(t, request.Entitlements, opt.AllowedEntitlements)
	assert.Equal(t, []client.ExportEntry{{Type: "image"}}, opt.Exports)
	assert.Len(t, opt.Session, 2, "credentials and secrets")
}

func TestInvalidSecret(t *testing.T) {
	t.Parallel()
	_, _, err := solveOpt(options(&buildflags.Request{Secrets: []string{"id=a,src=missing"}}, ""), &delivery{})
	assert.EqualError(t, err, "invalid --secret: failed to stat missing: stat missing: no such file or directory")
}

func TestInvalidSSH(t *testing.T) {
	t.Parallel()
	agents := []sshprovider.AgentConfig{{ID: "a", Paths: []string{"missing"}}}
	_, _, err := solveOpt(options(&buildflags.Request{SSH: agents}, ""), &delivery{})
	assert.ErrorContains(t, err, "invalid --ssh: ")
}

func TestContextOfStdin(t *testing.T) {
	t.Parallel()
	request := &buildflags.Request{Attrs: map[string]string{}, Stdin: buildflags.StdinContext}
	opt, _, err := solveOpt(options(request, string(archive(t))), &delivery{})
	require.NoError(t, err)
	assert.Regexp(t, `^http://buildkit-session/[a-z0-9]+$`, opt.FrontendAttrs["context"])
	assert.Empty(t, request.Attrs, "the request is not changed")
	assert.Len(t, opt.Session, 3, "credentials, secrets and the upload")
}

func TestFileOfStdin(t *testing.T) {
	t.Parallel()
	request := &buildflags.Request{
		Attrs: map[string]string{"filename": "pyproject.toml"},
		Stdin: buildflags.StdinFile,
	}
	opt, release, err := solveOpt(options(request, "[project]"), &delivery{})
	require.NoError(t, err)
	file, err := opt.LocalMounts["dockerfile"].Open("pyproject.toml")
	require.NoError(t, err)
	data, err := io.ReadAll(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	assert.Equal(t, "[project]", string(data))
	release()
	_, err = opt.LocalMounts["dockerfile"].Open("pyproject.toml")
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

// archive is a tar archive with one file.
func archive(t *testing.T) []byte {
	t.Helper()
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "a", Mode: 0o644}))
	require.NoError(t, w.Close())
	return data.Bytes()
}

func TestOpenTar(t *testing.T) {
	t.Parallel()
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	_, err := w.Write(archive(t))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	tests := map[string]struct {
		input []byte
		ok    bool
	}{
		"tar":   {archive(t), true},
		"gzip":  {compressed.Bytes(), true},
		"bzip2": {[]byte("BZh9"), true},
		"xz":    {[]byte("\xfd7zXZ\x00"), true},
		"zstd":  {[]byte("\x28\xb5\x2f\xfd"), true},
		"TOML":  {[]byte("[project]\nname = \"a\"\n"), false},
		"empty": {nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream, err := openTar(bytes.NewReader(test.input))
			if !test.ok {
				assert.EqualError(t, err, "standard input is not a tar archive: to build from a file on standard input, give -f - and a folder as the context")
				return
			}
			require.NoError(t, err)
			data, err := io.ReadAll(stream)
			require.NoError(t, err)
			assert.Equal(t, test.input, data)
		})
	}
}

func TestMissingFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "missing")
	_, _, err := solveOpt(options(&buildflags.Request{Folders: map[string]string{"context": folder}}, ""), &delivery{})
	require.ErrorContains(t, err, "opening the context folder: ")
	assert.ErrorIs(t, err, os.ErrNotExist)
}
