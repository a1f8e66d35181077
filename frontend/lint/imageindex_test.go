package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestImageIndex(t *testing.T) {
	t.Parallel()
	const several = "pyproject.toml:6: an image for linux/amd64 and linux/arm64 is an index, which AWS Lambda rejects: build for one platform, or deploy the digest of one platform's manifest"
	const attested = "pyproject.toml:7: the client asks for attestations, which make the image an index that AWS Lambda rejects: build with --provenance=false, or set BUILDX_NO_DEFAULT_ATTESTATIONS=1 when no flag asks for them"
	for flags, want := range map[string][]string{
		"":                                   nil,
		"--platform linux/arm64":             nil,
		"--provenance mode=max":              {attested},
		"--platform linux/amd64,linux/arm64": {several},
		"--platform linux/amd64,linux/arm64 --provenance mode=max": {attested, several},
		"--platform linux/amd64,linux/arm64 --target zip":          nil,
	} {
		assert.Equal(t, want, messages(t, lint.Example{Flags: flags}), flags)
	}
}
