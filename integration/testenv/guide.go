package testenv

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/stretchr/testify/require"
)

// WriteGuide makes a recipe of testdata/guide a folder's Dockerfile.
func (e *Env) WriteGuide(t T, recipe, dir string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(e.Root, "integration", "testdata", "guide", recipe))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Dockerfile"), content, 0o644))
}

// Dockerfile prepares a build of a folder's Dockerfile, through BuildKit's own
// Dockerfile frontend in the daemon, that pushes the image.
func (e *Env) Dockerfile(ctx context.Context, dir, ref string, flags ...string) *exec.Cmd {
	return e.Buildctl(ctx, append([]string{"build", "--frontend", "dockerfile.v0", "--progress", "plain",
		"--local", "context=" + dir, "--local", "dockerfile=" + dir,
		"--output", "type=image,push=true,name=" + ref}, flags...)...)
}
