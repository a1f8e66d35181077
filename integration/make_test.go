package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// makeTarget prepares a target of the Makefile, with the suite's builder.
func makeTarget(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	return env.Command(t.Context(), "make", append([]string{"--no-print-directory", "-C", env.Root}, args...)...)
}

// printed runs a command that must succeed and gives what it printed, and what
// it said beside.
func printed(t testing.TB, command *exec.Cmd) (stdout, stderr string) {
	t.Helper()
	var out, said strings.Builder
	command.Stdout, command.Stderr = &out, &said
	require.NoError(t, command.Run(), "%s\n%s", out.String(), said.String())
	return out.String(), said.String()
}

func TestMakeHelp(t *testing.T) {
	t.Parallel()
	stdout, _ := printed(t, makeTarget(t, "help"))
	for _, target := range []string{"demo", "test", "bench", "bench-quick", "image"} {
		require.Regexp(t, `(?m)^  make `+target+` +[A-Z]`, stdout)
	}
}

func TestMakeDemo(t *testing.T) {
	t.Parallel()
	stdout, _ := printed(t, makeTarget(t, "demo"))
	require.Contains(t, stdout, "The function's response:\n{")
	require.Regexp(t, `\d+\.\d\d s  build the image\n`, stdout)
}

// TestMakeImage publishes the frontend for this machine's platform, by a private
// builder that is started for it, and builds an example with what was pushed.
// What that builder compiled is kept for the next run, in the person's cache
// folder; runs that come at once wait for each other.
func TestMakeImage(t *testing.T) {
	t.Parallel()
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	state := filepath.Join(cache, "uvlambda", "image")
	require.NoError(t, os.MkdirAll(state, 0o755))
	frontend := newReference(t)
	publish := env.Command(t.Context(), "flock", "--close", filepath.Join(state, "lock"), "sh", "-euc",
		`trap 'bin/uvlambda builder stop' EXIT; make image "IMAGE=$1" "PLATFORMS=$2"`, "sh", frontend, testenv.BuildPlatform())
	publish.Dir = env.Root
	publish.Env = append(publish.Env, "XDG_STATE_HOME="+state, "BUILDKIT_HOST=", "BUILDX_BUILDER=", "DOCKER_HOST=unix:///nowhere")
	succeed(t, publish)

	ref, err := name.ParseReference(frontend, name.Insecure)
	require.NoError(t, err)
	pushed, err := remote.Image(ref, remote.WithContext(t.Context()))
	require.NoError(t, err)
	config, err := pushed.ConfigFile()
	require.NoError(t, err)
	require.Equal(t, []string{"/uvlambda-frontend"}, config.Config.Entrypoint)

	dir := env.Example(t, "fastapi")
	image := newReference(t)
	env.SyntaxLine().MustBuild(t, dir, "--build-arg", "BUILDKIT_SYNTAX="+frontend, "-t", image, "--push")
	own := newReference(t)
	env.CLI().MustBuild(t, dir, "-t", own, "--push")
	require.Equal(t, imageDigest(t, own), imageDigest(t, image))
}

// bench measures, and gives the table and the file of the figures, which is
// removed when the test ends.
func bench(t testing.TB, target, flags string) (table, figures string) {
	t.Helper()
	table, log := printed(t, makeTarget(t, target, "BENCH="+flags))
	saved := regexp.MustCompile(`the figures are in (.*)\n`).FindStringSubmatch(log)
	require.NotNil(t, saved, log)
	t.Cleanup(func() { require.NoError(t, os.Remove(saved[1])) })
	return table, saved[1]
}

// TestMakeBench measures a situation and shows its figures again in the pages
// of a folder.
func TestMakeBench(t *testing.T) {
	t.Parallel()
	stdout, figures := bench(t, "bench", `-rows "files in the task root" -runs 1`)
	const row = `files in the task root that no one needs +the guide's Dockerfile +4 +0 +0 +≤ 0 +1 +met\n`
	require.Regexp(t, row, stdout)

	docs := t.TempDir()
	for _, page := range []string{"performance.md", "scale.md"} {
		text, err := os.ReadFile(filepath.Join(env.Root, "docs", page))
		require.NoError(t, err)
		writeFile(t, filepath.Join(docs, page), string(text))
	}
	again, _ := printed(t, makeTarget(t, "bench", "BENCH=-from "+figures+" -docs "+docs))
	require.Regexp(t, row, again)
	page, err := os.ReadFile(filepath.Join(docs, "performance.md"))
	require.NoError(t, err)
	require.Contains(t, string(page), "\n| files in the task root that no one needs | the guide's Dockerfile | 4 | 0 | 0 | ≤ 0 | 1 | met |\n")
	require.NotContains(t, string(page), "| nothing changed |")
	require.FileExists(t, filepath.Join(docs, "performance.svg"))
	require.NoFileExists(t, filepath.Join(docs, "scale.svg"), "nothing of that page was measured")
}

// TestMakeBenchQuick measures one of the situations that developers feel daily.
func TestMakeBenchQuick(t *testing.T) {
	t.Parallel()
	stdout, _ := bench(t, "bench-quick", `-rows "^app code changed|^zip" -runs 1`)
	require.Regexp(t, `\napp code changed +the guide's Dockerfile +[\d.]+ s +[\d.]+ s +[\d.]+ +≤ 1 × +1 +(met|missed)\n`, stdout)
	require.NotContains(t, stdout, "\nzip, ", "archives are not of every day")
}
