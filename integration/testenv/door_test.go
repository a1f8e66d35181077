package testenv

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuildkitdConfig(t *testing.T) {
	t.Parallel()
	require.Equal(t, `[worker.oci]
  gc = false
[registry."127.0.0.1:5000"]
  http = true
[registry."ghcr.io"]
  mirrors = ["127.0.0.1:5000"]
`, buildkitdConfig("127.0.0.1:5000", []string{"ghcr.io"}))
}

func TestArguments(t *testing.T) {
	t.Parallel()
	door := Door{program: "buildx", prefix: []string{"build"}}
	require.Equal(t, []string{"build", "-f", "src/pyproject.toml", "--progress", "rawjson", "-t", "x", "src"},
		door.arguments("src", []string{"-t", "x"}))
	require.Equal(t, []string{"build", "--progress=plain", "--file=a.toml", "src"},
		door.arguments("src", []string{"--progress=plain", "--file=a.toml"}))
}
