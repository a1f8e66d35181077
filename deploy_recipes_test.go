package uvlambda

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// attestationsOff sets the variable for all jobs of a recipe, above the first of
// them.
var attestationsOff = regexp.MustCompile(`(?m)^  BUILDX_NO_DEFAULT_ATTESTATIONS: "1"$`)

// TestRecipesAskForNoAttestations holds every CI recipe that builds with buildx:
// by itself it asks for attestations, and Lambda rejects what they make of an
// image.
func TestRecipesAskForNoAttestations(t *testing.T) {
	t.Parallel()
	found := 0
	require.NoError(t, fs.WalkDir(os.DirFS("examples/deploy"), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile("examples/deploy/" + name)
		if err == nil && strings.Contains(string(data), "buildx") {
			found++
			require.Regexp(t, attestationsOff, string(data), name)
		}
		return err
	}))
	require.GreaterOrEqual(t, found, 4)
	for _, page := range []string{"README.md", "docs/deploy.md"} {
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		require.Contains(t, string(data), "`BUILDX_NO_DEFAULT_ATTESTATIONS=1`", page)
	}
}
