package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestSourceBuild(t *testing.T) {
	t.Parallel()
	built := mustLookup(t, "SourceBuild").Bad.Files
	const warning = "pyproject.toml:5: plain-dist has no wheel and is built from source (plain-dist 1.0.0 <- your dependencies, line 5 of pyproject.toml): " +
		"depend on a version that has one, or publish one to an index of your own"
	for setting, want := range map[string][]string{
		"": {warning},
		"[tool.uv]\nno-binary-package = [\"plain-dist\"]\n": {warning},
	} {
		e := lint.Example{Files: strings.Replace(built, "[tool.uvlambda]", setting+"[tool.uvlambda]", 1)}
		assert.Equal(t, want, messages(t, e), setting)
	}
	// A wheel that is not wanted is a choice.
	chosen := strings.Replace(mustLookup(t, "SourceBuild").Good.Files, "wheels = [", `sdist = { url = "https://packages.example.com/plain_dist-1.0.0.tar.gz", hash = "sha256:00" }
wheels = [`, 1)
	e := lint.Example{Files: strings.Replace(chosen, "[tool.uvlambda]", "[tool.uv]\nno-binary = true\n[tool.uvlambda]", 1)}
	assert.Empty(t, messages(t, e))
}
