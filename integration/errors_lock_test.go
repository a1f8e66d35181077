package integration

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What can be wrong with uv.lock.
func TestMistakesInTheLock(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name:  "lock of an unknown version",
			files: map[string]string{"uv.lock": "version = 7\nrevision = 0\n" + lockOwn},
			want:  "x",
		},
		{
			name:  "malformed lock",
			files: map[string]string{"uv.lock": lockHeader + "[[package]\n" + lockOwn},
			want:  "x",
		},
		{
			name:    "lock missing",
			without: []string{"uv.lock"},
			want:    "x",
		},
		{
			name:         "lock missing, with a build argument for the frontend",
			without:      []string{"uv.lock"},
			noSyntaxLine: true,
			want:         "x",
		},
		{
			name:  "lock ignored",
			files: map[string]string{".dockerignore": "*.lock\n"},
			want:  "x",
		},
		{
			name:  "lock of another project",
			files: map[string]string{"uv.lock": lockHeader + strings.ReplaceAll(lockOwn, `"function"`, `"other"`)},
			want:  "x",
		},
		{
			name: "lock out of date",
			files: map[string]string{
				"pyproject.toml": strings.Replace(projectTable, "dependencies = []", `dependencies = ["example-dist"]`, 1) + handlerTable,
			},
			want: "x",
		},
	})
}

// What goes wrong while packages are fetched.
func TestMistakesOfPackageIndexes(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	index := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".whl") {
			http.NotFound(w, r)
			return
		}
		w.Write(wheel)
	}))
	t.Cleanup(index.Close)
	checkMistakes(t, []mistake{
		{
			name:  "index unreachable",
			files: dependent("http://127.0.0.1:1", wheel),
			want:  "x",
		},
		{
			name:  "hash mismatch",
			files: dependent(index.URL, append(bytes.Clone(wheel), 0)),
			want:  "x",
		},
		{
			name:  "file gone",
			files: dependent(index.URL+"/gone.html?", wheel),
			want:  "x",
		},
	})
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

// exampleWheel is a wheel with one module.
func exampleWheel(t *testing.T) []byte {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, file := range [][2]string{
		{"example_dist.py", "VALUE = 1\n"},
		{"example_dist-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: example-dist\nVersion: 1.0\n"},
		{"example_dist-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{"example_dist-1.0.dist-info/RECORD", "example_dist.py,,\nexample_dist-1.0.dist-info/METADATA,,\nexample_dist-1.0.dist-info/WHEEL,,\nexample_dist-1.0.dist-info/RECORD,,\n"},
	} {
		f, err := w.Create(file[0])
		require.NoError(t, err)
		_, err = f.Write([]byte(file[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return archive.Bytes()
}
