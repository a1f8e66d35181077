package integration

import (
	"path"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// examples are the functions below examples/: the example and, in it, the
// function's folder.
var examples = []struct{ name, dir string }{
	{"fastapi", "."},
	{"workspace", "."},
	{"packaged", "."},
	{"native", "."},
	{"tested", "."},
	{"files", "."},
	{"webserver", "."},
	{"compiled", "."},
	{"monorepo", "services/orders"},
	{"monorepo", "services/receipts"},
}

// TestExamples builds each example through both doors, which must give the
// very same image, and sends it its event.
func TestExamples(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.SAM313)
	for _, example := range examples {
		t.Run(path.Join(example.name, example.dir), func(t *testing.T) {
			t.Parallel()
			dir := env.Example(t, example.name)
			function := filepath.Join(dir, filepath.FromSlash(example.dir))
			var digests []string
			for _, door := range env.Doors() {
				ref := newReference(t)
				door.MustBuild(t, dir, "-f", filepath.Join(function, "pyproject.toml"), "-t", ref, "--push")
				response := invoke(t, ref, filepath.Join(function, "event.json"))
				requireResponse(t, response, filepath.Join(function, "event.response.json"))
				digests = append(digests, imageDigest(t, ref))
			}
			require.Equal(t, digests[0], digests[1], "the doors built different images")
		})
	}
}

// TestExamplePlans compares the plan of each example with its golden file.
func TestExamplePlans(t *testing.T) {
	t.Parallel()
	for _, example := range examples {
		t.Run(path.Join(example.name, example.dir), func(t *testing.T) {
			t.Parallel()
			dir := env.Example(t, example.name)
			file := filepath.Join(dir, filepath.FromSlash(example.dir), "pyproject.toml")
			out, err := env.Command(t.Context(), env.Binary("uvlambda"), "plan", "--json", "-f", file, dir).Output()
			require.NoError(t, err)
			golden(t, path.Join("examples", example.name, example.dir, "plan.json"), ofAnyIndex(indent(t, out)))
		})
	}
}

// placed is an address in the list of a large package, up to its last element.
var placed = regexp.MustCompile(`((?:index|url) = \\")https?://[^"\\]*/`)

// ofAnyIndex is a plan as it is whatever index the packages were locked from.
func ofAnyIndex(plan string) string {
	return placed.ReplaceAllString(plan, "${1}https://index.example.com/")
}

// TestExampleDoesNotNeedALockFirst follows a newcomer who has neither uv nor
// Python: the build says what to run, and that writes the lock and nothing
// else.
func TestExampleDoesNotNeedALockFirst(t *testing.T) {
	t.Parallel()
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			t.Parallel()
			dir := env.UnlockedExample(t, "fastapi")
			result := door.Build(t, dir)
			require.Error(t, result.Err)
			require.Contains(t, result.Stderr, "pyproject.toml:6: uv.lock is missing")
			require.Contains(t, result.Stderr, "--target lock -o ")

			before := listFiles(t, dir)
			door.MustBuild(t, dir, "--target", "lock", "-o", dir)
			require.Equal(t, append(before, "uv.lock"), listFiles(t, dir))
			door.MustBuild(t, dir)
		})
	}
}
