package integration

import (
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// Steps of completeFunction, by what their names contain.
var (
	installSteps = []string{"install 1 package"}
	memberSteps  = []string{"copy the sources of library", "build and install library"}
	exportSteps  = []string{"export the locked packages"}
	appSteps     = []string{"copy the application"}
)

// requireRan checks which steps of a build were executed. A step may begin while
// the builder still looks for what comes after it in a cache, and is canceled
// when that is there.
func requireRan(t *testing.T, trace testenv.Trace, want bool, groups ...[]string) {
	t.Helper()
	for _, steps := range groups {
		for _, step := range steps {
			require.NotEmpty(t, trace.Named(step), "there is no step %q in %q", step, trace.Names())
			ran := trace.Named(step).Finished()
			require.Equal(t, want, len(ran) > 0, "%q ran: %q", step, ran.Names())
		}
	}
}

// newOwnFunction is a complete function that no other test has any step of:
// what others build, or are building, is there for all, by its content.
func newOwnFunction(t *testing.T) string {
	t.Helper()
	wheel := exampleWheel(t)
	files := completeFunction(serveWheel(t, wheel), wheel)
	for _, file := range []string{"app.py", "library/src/library/__init__.py"} {
		files[file] += "# " + t.Name() + "\n"
	}
	return newFunction(t, files)
}

func TestNoCache(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		dir := newOwnFunction(t)
		requireRan(t, door.MustBuild(t, dir).Trace, true, installSteps, memberSteps, exportSteps, appSteps)
		requireRan(t, door.MustBuild(t, dir).Trace, false, installSteps, memberSteps, exportSteps, appSteps)

		trace := door.MustBuild(t, dir, "--no-cache").Trace
		requireRan(t, trace, true, installSteps, memberSteps, exportSteps, appSteps)

		trace = door.MustBuild(t, dir, "--no-cache-filter", "dependencies").Trace
		requireRan(t, trace, true, installSteps)
		requireRan(t, trace, false, memberSteps, exportSteps, appSteps)

		trace = door.MustBuild(t, dir, "--no-cache-filter", "members,app").Trace
		requireRan(t, trace, true, memberSteps, appSteps)
		requireRan(t, trace, false, installSteps, exportSteps)
	})
}

// A builder that finds archives in a cache runs nothing for them but, through
// the command, what puts them together. It fetches what it needs for that, and
// not what was installed.
func TestArchiveFromRegistryCache(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		const size = 3 << 20
		data := make([]byte, size)
		_, err := rand.NewChaCha8(sha256.Sum256([]byte(t.Name()))).Read(data)
		require.NoError(t, err)
		wheel := exampleWheel(t, [2]string{"example_dist.bin", string(data)})
		files := completeFunction(serveWheel(t, wheel), wheel)
		files["app.py"] += "# " + t.Name() + "\n"
		dir := newFunction(t, files)
		for target, fetched := range map[string]int{"zip": size, "layer": size, "app": 0} {
			cache := newReference(t) + "-cache"
			build := func(flags ...string) (string, testenv.Trace) {
				out := t.TempDir()
				trace := door.MustBuild(t, dir, append(flags, "--target", target, "-o", out)...).Trace
				return sum(requireArchive(t, onlyArchive(t, out))), trace
			}
			want, _ := build("--cache-to", "type=registry,mode=max,ref="+cache)
			before := env.Traffic(cache).Pulled
			got, trace := build("--builder", env.NewBuilder(t), "--cache-from", "type=registry,ref="+cache)
			require.Equal(t, want, got)
			for _, step := range []string{"install", "compress", "write function"} {
				require.Empty(t, trace.Stages().Named(step).Finished().Names(), target)
			}
			require.InDelta(t, fetched, env.Traffic(cache).Pulled-before, size/4, target)
		}
	})
}

// A builder that has nothing but a cache in a registry runs no step, and gives
// the same image: the cache is asked for in every solve.
func TestRegistryCache(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		dir := newOwnFunction(t)
		cache := newReference(t) + "-cache"
		first, second := newReference(t), newReference(t)
		door.MustBuild(t, dir, "-t", first, "--push", "--cache-to", "type=registry,mode=max,ref="+cache)
		trace := door.MustBuild(t, dir, "-t", second, "--push", "--builder", env.NewBuilder(t),
			"--cache-from", "type=registry,ref="+cache).Trace
		requireRan(t, trace, false, installSteps, memberSteps, exportSteps, appSteps)
		require.Equal(t, imageDigest(t, first), imageDigest(t, second))
	})
}
