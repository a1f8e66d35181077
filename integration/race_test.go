package integration

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// TestExamplesUnderTheRaceDetector builds each example, as an image for two
// platforms and as an archive, by a command that was compiled with the race
// detector. The command ends with code 66 when goroutines disturb one another.
func TestExamplesUnderTheRaceDetector(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("the race detector takes a C compiler, and there is no gcc")
	}
	program := filepath.Join(t.TempDir(), "uvlambda")
	compile := exec.CommandContext(t.Context(), "go", "build", "-race", "-o", program, "./cmd/uvlambda")
	compile.Dir, compile.Env = env.Root, append(os.Environ(), "CGO_ENABLED=1")
	out, err := compile.CombinedOutput()
	require.NoError(t, err, "%s", out)
	env.Provide(t, standin.SAM313)
	door := env.Program("race", program)
	for _, example := range examples {
		t.Run(path.Join(example.name, example.dir), func(t *testing.T) {
			t.Parallel()
			dir := env.Example(t, example.name)
			file := filepath.Join(dir, filepath.FromSlash(example.dir), "pyproject.toml")
			target := "linux/amd64,linux/arm64"
			if example.name == "compiled" {
				target = "linux/amd64" // C is compiled for a machine that runs it
			}
			door.MustBuild(t, dir, "-f", file, "--platform", target, "--output", "type=cacheonly")
			if example.name != "webserver" {
				// A web server's archive has a script in place of its command.
				door.MustBuild(t, dir, "-f", file, "--target", "zip", "-o", t.TempDir())
			}
		})
	}
}
