package integration

import (
	"fmt"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"
)

// What can be wrong with the images a build starts from.
func TestMistakesInImages(t *testing.T) {
	t.Parallel()
	pushForeign(t)
	checkMistakes(t, []mistake{
		{
			name:  "base not found",
			files: uvlambda("handler = \"app.handler\"\nbase = \"REGISTRY/nothing:1\""),
			want: "pyproject.toml:10: image REGISTRY/nothing:1 was not found: " +
				"check its name and tag, or give another by --build-context REGISTRY/nothing:1=docker-image://…",
		},
		{
			name:  "registry of the base unreachable",
			files: uvlambda("handler = \"app.handler\"\nbase = \"127.0.0.1:1/base:1\""),
			want: "pyproject.toml:10: no network? 127.0.0.1:1 does not answer, which has the image 127.0.0.1:1/base:1 " +
				`(failed to do request: Head "http://127.0.0.1:1/v2/base/manifests/1": dial tcp 127.0.0.1:1: connect: connection refused): ` +
				"check the builder's network, or give the image by --build-context 127.0.0.1:1/base:1=docker-image://…",
		},
		{
			name:  "uv image not found",
			files: uvlambda("handler = \"app.handler\"\nuv = \"REGISTRY/uv:none\""),
			want: "pyproject.toml:10: image REGISTRY/uv:none was not found: " +
				"check its name and tag, or give another by --build-context REGISTRY/uv:none=docker-image://…",
		},
		{
			name:  "base without a variant for the platform",
			files: uvlambda("handler = \"app.handler\"\nbase = \"REGISTRY/foreign:index\""),
			want:  "pyproject.toml:10: image REGISTRY/foreign:index has no variant for PLATFORM: name one that has",
		},
		{
			name:  "base for another platform",
			files: uvlambda("handler = \"app.handler\"\nbase = \"REGISTRY/foreign:image\""),
			want:  "pyproject.toml:10: image REGISTRY/foreign:image is for linux/riscv64, not for PLATFORM: name one that is",
		},
	})
}

// pushForeign pushes an image for a platform that no builder has, on its own
// and in an index.
func pushForeign(t *testing.T) {
	t.Helper()
	file, err := empty.Image.ConfigFile()
	require.NoError(t, err)
	file = file.DeepCopy()
	file.OS, file.Architecture = "linux", "riscv64"
	image, err := mutate.ConfigFile(empty.Image, file)
	require.NoError(t, err)
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{
		Add:        image,
		Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "riscv64"}},
	})
	repository := env.Registry + "/foreign:"
	one, err := name.ParseReference(repository+"image", name.Insecure)
	require.NoError(t, err)
	require.NoError(t, remote.Write(one, image))
	many, err := name.ParseReference(repository+"index", name.Insecure)
	require.NoError(t, err)
	require.NoError(t, remote.WriteIndex(many, index))
}

// A package of the repository that does not build is shown with the table that
// says how it is built.
func TestMistakesInMembers(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name:  "broken build backend",
			files: member("raise RuntimeError(\"no wheel today\")\n"),
			want: "library/pyproject.toml:9: building library failed (library 0.1.0 <- your dependencies, line 6 of pyproject.toml): " +
				"a package could not be built from its sources: correct what its build backend reports",
			also: []string{"pyproject.toml:6"},
		},
		{
			name:  "build backend with a syntax error",
			files: member("def build_wheel(\n"),
			want: "library/pyproject.toml:9: building library failed (library 0.1.0 <- your dependencies, line 6 of pyproject.toml): " +
				"a package could not be built from its sources: correct what its build backend reports",
			also: []string{"pyproject.toml:6"},
		},
	})
}

// member is a project with a package of its own that builds itself by backend.
func member(backend string) map[string]string {
	return map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"library"`) + handlerTable + `
[tool.uv.sources]
library = { path = "library" }
`,
		"library/pyproject.toml": `[project]
name = "library"
version = "0.1.0"
requires-python = ">=3.13,<3.14"

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
`,
		"library/backend.py": backend,
		"uv.lock": lockHeader + lockOwn + `dependencies = [
    { name = "library" },
]

[package.metadata]
requires-dist = [{ name = "library", directory = "library" }]

[[package]]
name = "library"
version = "0.1.0"
source = { directory = "library" }
`,
	}
}
