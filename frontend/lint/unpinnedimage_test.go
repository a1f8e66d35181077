package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnpinnedImage(t *testing.T) {
	t.Parallel()
	const handler = "handler = \"app.handler\"\n"
	const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	tests := map[string][]string{
		`base = "registry.example.com/python:3.13"`:                 nil,
		`base = "registry.example.com/python` + digest + `"`:        nil,
		`base = "registry.example.com/python:latest` + digest + `"`: nil,
		`base = "registry.example.com:5000/python"`:                 {`pyproject.toml:8: base = "registry.example.com:5000/python" may be another image at the next build: name the tag of a version, or a digest`},
		`base = "alpine"`:                    {`pyproject.toml:8: base = "alpine" may be another image at the next build: name the tag of a version, or a digest`},
		`uv = "0.13.9"`:                      nil,
		`uv = "ghcr.io/astral-sh/uv:latest"`: {`pyproject.toml:8: uv = "ghcr.io/astral-sh/uv:latest" may be another image at the next build: name the tag of a version, or a digest`},
	}
	for keys, want := range tests {
		assert.Equal(t, want, messages(t, table(handler+keys, "")), keys)
	}
}
