package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSlim leaves out of numpy and boto3 what the table names, says what that
// saved, and still answers.
func TestSlim(t *testing.T) {
	t.Parallel()
	dir := env.UnlockedExample(t, "native")
	file := filepath.Join(dir, "pyproject.toml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	whole := strings.Replace(string(text), `["numpy"]`, `["boto3", "numpy"]`, 1)
	require.NotEqual(t, string(text), whole)
	slim := whole + "\n[tool.uvlambda.slim]\ntests = true\nstubs = true\ndist-info = true\nboto3 = true\nstrip = true\n"
	require.NoError(t, os.WriteFile(file, []byte(slim), 0o644))
	env.CLI().MustBuild(t, dir, "--target", "lock", "-o", dir)

	out := t.TempDir()
	result := env.CLI().MustBuild(t, dir, "--platform", "linux/amd64", "--target", "zip", "-o", out)
	require.Contains(t, result.Trace.Log(), "slim: strip: the builder's image has no strip, so nothing is stripped")
	requireArchive(t, onlyArchive(t, out))
	for name := range unzip(t, onlyArchive(t, out)) {
		require.NotRegexp(t, `(^|/)tests?/|\.pyi$|py\.typed$|^(boto3|botocore|s3transfer)\b`, name)
		if folder, rest, _ := strings.Cut(name, "/"); strings.HasSuffix(folder, ".dist-info") {
			require.Contains(t, []string{"METADATA", "entry_points.txt", "RECORD"}, rest)
		}
	}
	saved := readFacts(t, filepath.Join(out, "matrix.json")).Slimmed
	for _, way := range []string{"tests", "stubs", "dist-info", "boto3"} {
		require.Positive(t, saved[way], way)
	}
	require.Zero(t, saved["strip"])

	ref := newReference(t)
	env.CLI().MustBuild(t, dir, "--platform", "linux/amd64", "-t", ref, "--push")
	requireResponse(t, invoke(t, ref, filepath.Join(dir, "event.json")), filepath.Join(dir, "event.response.json"))

	require.NoError(t, os.WriteFile(file, []byte(whole), 0o644))
	all := t.TempDir()
	env.CLI().MustBuild(t, dir, "--platform", "linux/amd64", "--target", "zip", "-o", all)
	var sum uint64
	for _, bytes := range saved {
		sum += bytes
	}
	require.Equal(t, readFacts(t, filepath.Join(all, "matrix.json")).Unzipped, readFacts(t, filepath.Join(out, "matrix.json")).Unzipped+sum)
}
