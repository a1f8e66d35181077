package integration

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// serveWheel serves a wheel on the loopback and gives the server's URL. Builds
// reach it, since the tests' buildkitd runs containers in the host's network.
func serveWheel(t testing.TB, wheel []byte) string {
	t.Helper()
	index := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".whl") {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(wheel)
	}))
	t.Cleanup(index.Close)
	return index.URL
}

// dependent is a project with one dependency, locked to a wheel of an index.
func dependent(index string, wheel []byte) map[string]string {
	project := strings.Replace(projectTable, "dependencies = []", `dependencies = ["example-dist"]`, 1)
	lock := lockHeader + fmt.Sprintf(`[[package]]
name = "example-dist"
version = "1.0"
source = { registry = "%[1]s/simple" }
wheels = [
    { url = "%[1]s/%[2]s", hash = "sha256:%[3]x", size = %[4]d },
]

`, index, exampleWheelName, sha256.Sum256(wheel), len(wheel)) + lockOwn + `dependencies = [
    { name = "example-dist" },
]

[package.metadata]
requires-dist = [{ name = "example-dist" }]
`
	return map[string]string{
		"pyproject.toml": project + handlerTable + "\n[[tool.uv.index]]\nurl = \"" + index + "/simple\"\ndefault = true\n",
		"uv.lock":        lock,
	}
}

const exampleWheelName = "example_dist-1.0-py3-none-any.whl"

// exampleWheel is a wheel with one module, and more files if wanted, each a
// name and its content.
func exampleWheel(t testing.TB, more ...[2]string) []byte {
	t.Helper()
	return newWheel(t, "example_dist", more...)
}

// newWheel is such a wheel of version 1.0, named after its module.
func newWheel(t testing.TB, module string, more ...[2]string) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	info := module + "-1.0.dist-info/"
	files := [][2]string{
		{module + ".py", "VALUE = 1\n"},
		{info + "METADATA", "Metadata-Version: 2.1\nName: " + strings.ReplaceAll(module, "_", "-") + "\nVersion: 1.0\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
	}
	files = append(files, more...)
	record := info + "RECORD"
	records := record + ",,\n"
	for _, file := range files {
		sum := sha256.Sum256([]byte(file[1]))
		records += fmt.Sprintf("%s,sha256=%s,%d\n", file[0], base64.RawURLEncoding.EncodeToString(sum[:]), len(file[1]))
	}
	for _, file := range append(files, [2]string{record, records}) {
		f, err := w.Create(file[0])
		require.NoError(t, err)
		_, err = f.Write([]byte(file[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return archive.Bytes()
}
