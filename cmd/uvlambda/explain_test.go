package main

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeZip writes an archive with one file.
func writeZip(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	w := zip.NewWriter(file)
	entry, err := w.Create("app.py")
	require.NoError(t, err)
	_, err = entry.Write([]byte("handler = print\n"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, file.Close())
}

func TestExplain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	archive, page := filepath.Join(folder, "f.zip"), filepath.Join(folder, "page.html")
	writeZip(t, archive)
	out, err := run(t, "explain", archive)
	require.NoError(t, err)
	assert.Contains(t, out, archive+": zip archive, 1 file, 16 B\n")

	out, err = run(t, "explain", archive, folder, "--json", "--html", page)
	require.NoError(t, err)
	var report struct {
		Source string
		Kind   string
		Limits []struct{ Name string }
		Layers []struct{ Name string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &report))
	assert.Equal(t, archive+" "+folder, report.Source)
	assert.Equal(t, "zip", report.Kind)
	assert.Len(t, report.Limits, 2)
	assert.Len(t, report.Layers, 2)
	assert.FileExists(t, page)
}

func TestExplainErrors(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	archive, image, project := filepath.Join(folder, "f.zip"), filepath.Join(folder, "image"), filepath.Join(folder, "project")
	writeZip(t, archive)
	_, err := layout.Write(image, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: empty.Image}))
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(project, 0o755))
	for _, name := range []string{"pyproject.toml", "uv.lock"} {
		require.NoError(t, os.WriteFile(filepath.Join(project, name), nil, 0o600))
	}
	broken := filepath.Join(folder, "broken.zip")
	require.NoError(t, os.WriteFile(broken, []byte("text"), 0o600))
	tests := map[string]struct {
		args []string
		want string
	}{
		"nothing": {nil, "name what to explain: uvlambda explain IMAGE, or an archive such as dist/hello.zip"},
		"missing": {[]string{"./missing.zip"}, "./missing.zip is neither a file, a folder nor an image reference"},
		"project": {[]string{project}, project + " is a project, not what was built of it: build it first, for example with uvlambda build --target zip -o dist " + project},
		"broken":  {[]string{broken}, broken + " is no zip archive: zip: not a valid zip file"},
		"mixed":   {[]string{archive, image}, image + " is an image, which is a whole function: explain it alone"},
		"page":    {[]string{archive, "--html", filepath.Join(folder, "missing", "page.html")}, "writing the page: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, append([]string{"explain"}, test.args...)...)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, out)
		})
	}
}
