package frontend

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A build tells each warning once for all platforms, with its lines and page.
func TestWarnings(t *testing.T) {
	t.Parallel()
	s := newStub(unpinned(), map[string]string{"attest:provenance": "mode=min", "platform": "linux/amd64,linux/arm64"})
	_, err := buildForTest(t.Context(), s)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"ImageIndex: the client asks for attestations, which make the image an index that AWS Lambda rejects: build with --provenance=false, or set BUILDX_NO_DEFAULT_ATTESTATIONS=1 when no flag asks for them (line 9)",
		"ImageIndex: an image for linux/amd64 and linux/arm64 is an index, which AWS Lambda rejects: build for one platform, or deploy the digest of one platform's manifest (line 7)",
		unpinnedWarning + " (line 8)",
	}, s.warnings)
	told := s.remarks[2]
	assert.Equal(t, "https://github.com/uvlambda/uvlambda/blob/main/docs/rules/UnpinnedImage.md", told.URL)
	assert.Equal(t, [][]byte{[]byte("base, builder, uv and the images of include should name a version of their image")}, told.Detail)
	assert.Equal(t, "pyproject.toml", told.SourceInfo.Filename)
	assert.Equal(t, int32(8), told.Range[0].Start.Line)
}

const unpinnedWarning = `UnpinnedImage: uv = "ghcr.io/astral-sh/uv:latest" may be another image at the next build: name the tag of a version, or a digest`

// unpinned is greeting with one warning, in line 8.
func unpinned() map[string]string {
	return changed("pyproject.toml", strings.Replace(greeting()["pyproject.toml"], "[tool.uvlambda]", "[tool.uvlambda]\nuv = \"ghcr.io/astral-sh/uv:latest\"", 1))
}

// With error = true, warnings are the error, and no step is run.
func TestViolations(t *testing.T) {
	t.Parallel()
	context := unpinned()
	context["pyproject.toml"] += "\n[tool.uvlambda.check]\nerror = true\n"
	s := newStub(context, nil)
	_, err := buildForTest(t.Context(), s)
	require.EqualError(t, err, "pyproject.toml:8: "+unpinnedWarning+" (check: error = true)")
	checkSource(t, err, "pyproject.toml", 8)
	assert.Empty(t, s.warnings)
	assert.Empty(t, s.resolved)

	context["pyproject.toml"] = strings.Replace(context["pyproject.toml"], "uv:latest", "uv:0.13.9", 1)
	_, err = buildForTest(t.Context(), newStub(context, nil))
	require.NoError(t, err)
}
