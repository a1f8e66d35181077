package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestTestSkipped(t *testing.T) {
	t.Parallel()
	const warning = "the test is skipped: linux/arm64 is not among the builder's platforms: use a builder of that architecture, or install QEMU on it"
	tested := mustLookup(t, "TestSkipped").Bad.Files
	for flags, want := range map[string][]string{
		"--platform linux/arm64":              {"pyproject.toml:8: " + warning},
		"--platform linux/arm64 --target zip": {"pyproject.toml:8: " + warning},
		"--platform linux/amd64":              nil,
	} {
		assert.Equal(t, want, messages(t, lint.Example{Flags: flags, Files: tested}), flags)
	}
	assert.Equal(t, []string{"pyproject.toml:6: " + warning}, messages(t, lint.Example{Flags: "--platform linux/arm64 --target test"}))
}
