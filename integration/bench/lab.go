package main

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// lab is what a scenario works with: the environment of the integration tests,
// and what it fails on.
type lab struct {
	testenv.T
	env *testenv.Env
	// runs is how often each side is measured; a run to warm up may come first.
	runs int
}

// built is an image that was built and pushed, and how long that took.
type built struct {
	seconds float64
	ref     string
}

// guide builds a folder's Dockerfile.
func (l *lab) guide(dir string, flags ...string) built {
	ref := l.reference()
	return built{l.time(l.env.Dockerfile(l.Context(), dir, ref, flags...)), ref}
}

// ours builds a folder with the command, which runs the frontend in its own
// process.
func (l *lab) ours(dir string, flags ...string) built {
	ref := l.reference()
	args := append([]string{"build", "-t", ref, "--push", "--progress", "plain"}, flags...)
	return built{l.time(l.env.Command(l.Context(), l.env.Binary("uvlambda"), append(args, dir)...)), ref}
}

// buildx builds a file of a folder with docker buildx.
func (l *lab) buildx(dir, file string) built {
	ref := l.reference()
	return built{l.time(l.env.Command(l.Context(), l.env.Binary("tools/buildx"), "build",
		"-f", filepath.Join(dir, file), "-t", ref, "--push", "--progress", "plain", dir)), ref}
}

// timeAndBytes are the figures of a build: its seconds, and the bytes that it
// pushed.
func (l *lab) timeAndBytes(b built) []float64 { return []float64{b.seconds, l.pushed(b)} }

// pushed are the bytes that a build pushed.
func (l *lab) pushed(b built) float64 { return float64(l.env.Traffic(b.ref).Pushed) }

// time runs a command that must succeed and gives how many seconds it took.
func (l *lab) time(command *exec.Cmd) float64 {
	start := time.Now()
	l.output(command)
	return time.Since(start).Seconds()
}

// output runs a command that must succeed and gives what it printed.
func (l *lab) output(command *exec.Cmd) string {
	l.Helper()
	out, err := command.CombinedOutput()
	require.NoError(l, err, string(out))
	return string(out)
}

// reference is an image reference whose repository nobody else uses, so that only
// one build has traffic with it.
func (l *lab) reference() string {
	return l.env.Registry + "/bench/" + strings.ToLower(rand.Text()) + ":1"
}

// image reads an image for this machine's architecture.
func (l *lab) image(ref string) v1.Image {
	l.Helper()
	parsed, err := name.ParseReference(ref, name.Insecure)
	require.NoError(l, err)
	platform := v1.Platform{OS: "linux", Architecture: runtime.GOARCH}
	image, err := remote.Image(parsed, remote.WithContext(l.Context()), remote.WithPlatform(platform))
	require.NoError(l, err)
	return image
}

// project copies an example, with a recipe of the guide as its Dockerfile.
func (l *lab) project(example, recipe string) string {
	dir := l.env.Example(l, example)
	l.env.WriteGuide(l, recipe, dir)
	return dir
}

// append adds text to a file.
func (l *lab) append(file, text string) {
	l.Helper()
	content := l.read(file)
	l.write(file, content+text)
}

// replace puts text in the place of other text that a file must hold.
func (l *lab) replace(file, old, replacement string) {
	l.Helper()
	content := l.read(file)
	require.Contains(l, content, old, file)
	l.write(file, strings.Replace(content, old, replacement, 1))
}

func (l *lab) read(file string) string {
	l.Helper()
	content, err := os.ReadFile(file)
	require.NoError(l, err)
	return string(content)
}

func (l *lab) write(file, content string) {
	l.Helper()
	require.NoError(l, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(l, os.WriteFile(file, []byte(content), 0o644))
}
