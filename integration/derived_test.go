package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// derive builds a Dockerfile, whose context is the folder, and gives the
// reference of the image in the test registry.
func derive(t testing.TB, dir, dockerfile string) string {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o644))
	ref := newReference(t)
	succeed(t, env.Buildctl(t.Context(), "build", "--frontend", "dockerfile.v0",
		"--local", "context="+dir, "--local", "dockerfile="+dir, "--output", "type=image,push=true,name="+ref))
	return ref
}

// asBase is the flag that gives a build an image for the Lambda base.
func asBase(ref string) string {
	return "--build-context=" + standin.Python313 + "=docker-image://" + ref
}

// asBaseAndUV are the flags that give a build an image for all that its steps
// start from.
func asBaseAndUV(ref string) []string {
	return []string{asBase(ref), "--build-context=" + standin.UVNewest + "=docker-image://" + ref}
}

// library matches a line of ldd, and the line of the loader too.
var library = regexp.MustCompile(`(?m)(/\S*?([^/\s]+)) \(0x`)

// carry copies a program of this machine to a folder with all the libraries
// that it loads, and gives the name of its loader there.
func carry(t testing.TB, name, dir string) (loader string) {
	t.Helper()
	program, err := exec.LookPath(name)
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), "ldd", program).Output()
	require.NoError(t, err)
	copyProgram(t, program, filepath.Join(dir, name))
	for _, found := range library.FindAllStringSubmatch(string(out), -1) {
		copyProgram(t, found[1], filepath.Join(dir, found[2]))
		// The loader is the last line.
		loader = found[2]
	}
	return loader
}

// copyProgram copies a program or a library.
func copyProgram(t testing.TB, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
	require.NoError(t, os.WriteFile(to, content, 0o755))
}
