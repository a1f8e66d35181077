package buildflags

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLocalContext(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files    []string
		file     string
		folder   string
		filename string
	}{
		"pyproject":         {[]string{"pyproject.toml"}, "", ".", "pyproject.toml"},
		"uvlambda":          {[]string{"pyproject.toml", "uvlambda.toml"}, "", ".", "uvlambda.toml"},
		"file of a member":  {[]string{"pyproject.toml", "services/api/pyproject.toml"}, "services/api/pyproject.toml", "services/api", "pyproject.toml"},
		"file of that name": {[]string{"pyproject.toml", "other.toml"}, "other.toml", ".", "other.toml"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := project(t, test.files...)
			flags := Flags{}
			if test.file != "" {
				flags.File = filepath.Join(folder, test.file)
			}
			request, err := flags.Request(folder, environment(nil))
			require.NoError(t, err)
			assert.Equal(t, map[string]string{
				"context":    folder,
				"dockerfile": filepath.Join(folder, test.folder),
			}, request.Folders)
			assert.Equal(t, map[string]string{"filename": test.filename}, request.Attrs)
			assert.Equal(t, "hello", request.SharedKey)
			assert.Equal(t, StdinUnused, request.Stdin)
		})
	}
}

func TestOtherContexts(t *testing.T) {
	t.Parallel()
	abs, err := filepath.Abs("services/uvlambda.toml")
	require.NoError(t, err)
	tests := map[string]struct {
		context string
		file    string
		attrs   map[string]string
		folders map[string]string
		stdin   Stdin
	}{
		"git":           {"https://example.com/a.git#main", "", map[string]string{"context": "https://example.com/a.git#main", "filename": "pyproject.toml"}, map[string]string{}, StdinUnused},
		"file in git":   {"https://example.com/a.git", "api/uvlambda.toml", map[string]string{"context": "https://example.com/a.git", "filename": "api/uvlambda.toml"}, map[string]string{}, StdinUnused},
		"local file":    {"https://example.com/a.git", abs, map[string]string{"context": "https://example.com/a.git", "filename": "uvlambda.toml", "dockerfilekey": "dockerfile"}, map[string]string{"dockerfile": filepath.Dir(abs)}, StdinUnused},
		"file of stdin": {"https://example.com/a.tar", "-", map[string]string{"context": "https://example.com/a.tar", "filename": "pyproject.toml", "dockerfilekey": "dockerfile"}, map[string]string{}, StdinFile},
		"stdin":         {"-", "", map[string]string{"filename": "pyproject.toml"}, map[string]string{}, StdinContext},
		"file in stdin": {"-", "uvlambda.toml", map[string]string{"filename": "uvlambda.toml"}, map[string]string{}, StdinContext},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request, err := Flags{File: test.file}.Request(test.context, environment(nil))
			require.NoError(t, err)
			assert.Equal(t, test.attrs, request.Attrs)
			assert.Equal(t, test.folders, request.Folders)
			assert.Equal(t, test.stdin, request.Stdin)
		})
	}
}

func TestLocalContextWithFileOfStdin(t *testing.T) {
	t.Parallel()
	folder := project(t, "app.py")
	request, err := Flags{File: "-"}.Request(folder, environment(nil))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"context": folder}, request.Folders)
	assert.Equal(t, map[string]string{"filename": "pyproject.toml", "dockerfilekey": "dockerfile"}, request.Attrs)
	assert.Equal(t, StdinFile, request.Stdin)
}

func TestMissingContext(t *testing.T) {
	t.Parallel()
	folder := project(t, "app.py")
	tests := map[string]struct {
		context, file, want string
	}{
		"no such folder": {"missing", "", `build context "missing" is neither a folder nor a git or HTTP URL`},
		"no build file":  {folder, "", "no pyproject.toml in " + folder + ": start one with `uv init " + folder + " && uvlambda init " + folder + "`, or name the build file with -f"},
		"no such file":   {folder, "api.toml", "build file api.toml does not exist: -f is relative to the working folder, not to the context"},
		"a folder":       {folder, folder, "build file " + folder + " is a folder: name a file with -f"},
		"stdin twice":    {"-", "-", "standard input cannot be both the context and the build file: give one of them as a path"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Flags{File: test.file}.Request(test.context, environment(nil))
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestNamedFolders(t *testing.T) {
	t.Parallel()
	folder, library := project(t, "pyproject.toml"), project(t, "lib.py")
	request, err := Flags{BuildContexts: []string{"lib=" + library, "context=" + library}}.Request(folder, environment(nil))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"context": folder, "dockerfile": folder, "lib": library, "_context": library,
	}, request.Folders)
	assert.Equal(t, map[string]string{
		"filename":                   "pyproject.toml",
		"context:lib":                "local:lib",
		"context:context":            "local:_context",
		"sharedkey:localdir:lib":     "hello",
		"frontend.caps":              "moby.buildkit.frontend.contexts+forward",
		"sharedkey:localdir:context": "hello",
	}, request.Attrs)
}

const (
	digestA = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	digestB = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// layoutFolder makes an OCI layout whose index holds the tags with digests.
func layoutFolder(t *testing.T, tags map[string]string) string {
	t.Helper()
	entries := ""
	for _, tag := range []string{"a", "b"} {
		if tags[tag] == "" {
			continue
		}
		if entries != "" {
			entries += ","
		}
		entries += `{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":2,"digest":"` + tags[tag] +
			`","annotations":{"org.opencontainers.image.ref.name":"` + tag + `"}}`
	}
	folder := filepath.Join(t.TempDir(), "layout")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	index := `{"schemaVersion":2,"manifests":[` + entries + `]}`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "index.json"), []byte(index), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o600))
	return folder
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	one := layoutFolder(t, map[string]string{"a": digestA})
	two := layoutFolder(t, map[string]string{"a": digestA, "b": digestB})
	request, err := Flags{BuildContexts: []string{
		"p=oci-layout://" + one,
		"q=oci-layout://" + two + ":b",
		"r=oci-layout://" + two + ":b@" + digestA,
		"s=oci-layout://" + two + "@" + digestB,
	}}.Request(project(t, "pyproject.toml"), environment(nil))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"layout0": one, "layout1": two, "layout2": two, "layout3": two}, request.Layouts)
	assert.Equal(t, map[string]string{
		"filename":  "pyproject.toml",
		"context:p": "oci-layout://layout0@" + digestA,
		"context:q": "oci-layout://layout1@" + digestB,
		"context:r": "oci-layout://layout2@" + digestA,
		"context:s": "oci-layout://layout3@" + digestB,

		"frontend.caps": "moby.buildkit.frontend.contexts+forward",
	}, request.Attrs)
}

func TestLayoutWithoutTag(t *testing.T) {
	t.Parallel()
	folder := layoutFolder(t, map[string]string{"a": digestA, "b": digestB})
	_, err := Flags{BuildContexts: []string{"p=oci-layout://" + folder}}.Request(project(t, "pyproject.toml"), environment(nil))
	assert.EqualError(t, err, `invalid --build-context "p=oci-layout://`+folder+`": the OCI layout `+folder+` has no tag "latest" and more than one image: name one`)
}
