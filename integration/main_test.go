// Package integration builds real projects with real packages on a real
// buildkitd, through both doors, and runs what comes out.
package integration

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// update rewrites the golden files: go test ./integration -update
var update = flag.Bool("update", false, "rewrite golden files")

// env is set by TestMain, before any test.
var env *testenv.Env

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(testenv.Main(m, func(e *testenv.Env) { env = e }))
}

// references counts the images of this run, so that no two tests share one.
var references atomic.Int64

// newReference is a reference in the test registry that nobody else uses.
func newReference(t testing.TB) string {
	base := strings.ToLower(strings.NewReplacer("/", "-", "#", "", "_", "-", "=", "-", ",", "-").Replace(t.Name()))
	return fmt.Sprintf("%s/%s:%d", env.Registry, base, references.Add(1))
}

// pull reads an image of the test registry.
func pull(t testing.TB, ref string) v1.Image {
	t.Helper()
	parsed, err := name.ParseReference(ref, name.Insecure)
	require.NoError(t, err)
	img, err := remote.Image(parsed, remote.WithContext(t.Context()))
	require.NoError(t, err)
	return img
}

// imageDigest is the digest that a reference of the test registry has.
func imageDigest(t testing.TB, ref string) string {
	t.Helper()
	digest, err := pull(t, ref).Digest()
	require.NoError(t, err)
	return digest.String()
}

// invoke starts a function's image and gives its response to an event.
func invoke(t testing.TB, image, event string, flags ...string) string {
	t.Helper()
	args := append([]string{"invoke", image, "--event", event}, flags...)
	command := env.Command(t.Context(), env.Binary("uvlambda"), args...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		require.FailNow(t, "the function failed", "%v\n%s", err, stderr.String())
	}
	return stdout.String()
}

// requireResponse compares a response with a file, as JSON.
func requireResponse(t testing.TB, response, file string) {
	t.Helper()
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, string(want), response)
}

// golden compares text with a file of the repository, or with -update writes
// it.
func golden(t testing.TB, file, text string) {
	t.Helper()
	path := filepath.Join(env.Root, filepath.FromSlash(file))
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "write it with: go test ./integration -update")
	require.Equal(t, string(want), text, "rewrite it with: go test ./integration -update")
}

// indent formats JSON for a golden file.
func indent(t testing.TB, data []byte) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Indent(&out, data, "", "  "))
	return strings.TrimSpace(out.String()) + "\n"
}

// appendTo adds text to a file.
func appendTo(t testing.TB, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteString(text)
	require.NoError(t, err)
}

// succeed runs a command that must not fail.
func succeed(t testing.TB, command *exec.Cmd) {
	t.Helper()
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
}
