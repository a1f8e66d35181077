package integration

import (
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/standin"
	"github.com/uvlambda/uvlambda/integration/testenv"
)

// later is how far the clock of the second build is ahead: on another day at
// any time of day, and not so far that certificates would have run out.
const later = 53 * time.Hour

// TestAnotherDay builds twice from nothing: as usual, and with steps that have
// the clock of another day in another time zone, from a checkout of that day
// by someone with another umask. The bytes are the same.
func TestAnotherDay(t *testing.T) {
	t.Parallel()
	today := env.Example(t, "workspace")
	clockedLibrary(t, filepath.Join(today, "library"))
	otherDay := filepath.Join(t.TempDir(), "workspace")
	require.NoError(t, os.CopyFS(otherDay, os.DirFS(today)))
	checkOutLater(t, otherDay)
	flags := laterClock(t)

	for _, target := range []string{"zip", "layer", "app"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			var archives [][]byte
			var described []facts
			for _, dir := range []string{today, otherDay} {
				out := t.TempDir()
				more := []string{"--target", target, "-o", out}
				if dir == otherDay {
					more = append(more, flags...)
				}
				buildCold(t, dir, more...)
				archives = append(archives, requireArchive(t, onlyArchive(t, out)))
				described = append(described, readFacts(t, strings.TrimSuffix(onlyArchive(t, out), ".zip")+".json"))
			}
			require.Contains(t, string(archives[0]), ".cpython-313.pyc")
			require.Equal(t, sum(archives[0]), sum(archives[1]))
			require.Equal(t, described[0], described[1])
		})
	}
	t.Run("image", func(t *testing.T) {
		t.Parallel()
		first, second := newReference(t), newReference(t)
		requireClock(t, buildCold(t, today, "-t", first, "--push"), 0, "+0000")
		requireClock(t, buildCold(t, otherDay, append(flags, "-t", second, "--push")...), later, "+0545")
		require.Equal(t, ownLayers(t, first), ownLayers(t, second))
	})
}

// buildCold builds without the cache of an earlier build: neither BuildKit's nor
// uv's.
func buildCold(t testing.TB, dir string, flags ...string) testenv.Result {
	t.Helper()
	return env.CLI().MustBuild(t, dir, append(flags, "--platform", testenv.BuildPlatform(),
		"--no-cache", "--build-arg", "BUILDKIT_CACHE_MOUNT_NS="+t.Name()+dir)...)
}

// clockedLibrary has the build backend of a package tell the time.
func clockedLibrary(t *testing.T, dir string) {
	t.Helper()
	file := filepath.Join(dir, "pyproject.toml")
	edit(t, file, `build-backend = "uv_build"`, "build-backend = \"clock\"\nbackend-path = [\".\"]")
	writeFile(t, filepath.Join(dir, "clock.py"), `import sys
import time

from uv_build import *

print(time.strftime("the clock says %Y-%m-%dT%H:%M:%S%z"), file=sys.stderr)
`)
}

// requireClock checks which time the steps of a build had.
func requireClock(t testing.TB, result testenv.Result, ahead time.Duration, zone string) {
	t.Helper()
	said := regexp.MustCompile(`the clock says (\S+)(\+\d{4})`).FindStringSubmatch(result.Trace.Log())
	require.NotNil(t, said, result.Trace.Log())
	require.Equal(t, zone, said[2])
	at, err := time.Parse("2006-01-02T15:04:05-0700", said[1]+said[2])
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(ahead), at, time.Hour)
}

// checkOutLater gives files what git does not keep: times, and the modes that
// a umask decides on.
func checkOutLater(t testing.TB, dir string) {
	t.Helper()
	at := time.Now().Add(later)
	require.NoError(t, filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := os.FileMode(0o600)
		if entry.IsDir() {
			mode = 0o700
		}
		if err := os.Chmod(name, mode); err != nil {
			return err
		}
		return os.Chtimes(name, at, at)
	}))
}

// laterClock are the flags of a build whose steps have a later clock, and the
// time of Nepal. Only programs that load the C library see that clock. The uv here
// does, the one in uv's own image does not.
func laterClock(t testing.TB) []string {
	t.Helper()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Faketime))
	found, err := filepath.Glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
	require.NoError(t, err)
	require.Len(t, found, 1)
	programs, err := newestUV()
	require.NoError(t, err)
	program, err := elf.Open(filepath.Join(programs, "uv"))
	require.NoError(t, err)
	defer program.Close()
	libraries, err := program.ImportedLibraries()
	require.NoError(t, err)
	require.Contains(t, libraries, "libc.so.6")

	dir := t.TempDir()
	copyProgram(t, found[0], filepath.Join(dir, "libfaketime.so"))
	copyProgram(t, filepath.Join(programs, "uv"), filepath.Join(dir, "uv"))
	return asBaseAndUV(derive(t, dir, fmt.Sprintf(`FROM %s
COPY uv /uv
COPY libfaketime.so /opt/
ENV LD_PRELOAD=/opt/libfaketime.so FAKETIME=+%dh FAKETIME_DONT_FAKE_MONOTONIC=1 TZ="<+0545>-05:45"
`, standin.Python313, int(later.Hours()))))
}

// ownLayers describes the layers that a build put over its base.
func ownLayers(t testing.TB, ref string) []string {
	t.Helper()
	img := pull(t, ref)
	config, err := img.ConfigFile()
	require.NoError(t, err)
	layers, err := img.Layers()
	require.NoError(t, err)
	var own []string
	for _, entry := range config.History {
		if strings.HasPrefix(entry.CreatedBy, "uvlambda: ") && !entry.EmptyLayer {
			own = append(own, entry.CreatedBy+" at "+entry.Created.String())
		}
	}
	require.Len(t, own, 3)
	for i, layer := range layers[len(layers)-len(own):] {
		digest, err := layer.Digest()
		require.NoError(t, err)
		own[i] += ": " + digest.String()
	}
	return own
}
