package emulate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckRootfs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, path := range []string{"rootfs/lambda-entrypoint.sh", "project/pyproject.toml", "empty/x"} {
		path = filepath.Join(folder, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	require.NoError(t, checkRootfs(filepath.Join(folder, "rootfs")))
	project, blank := filepath.Join(folder, "project"), filepath.Join(folder, "empty")
	failures := map[string]string{
		project: project + " is a project, not an image: build it first, for example with uvlambda build -o type=oci,dest=image.tar " + project,
		blank:   blank + " is a folder, and neither an OCI layout (it has no index.json) nor a Lambda root filesystem (it has no /lambda-entrypoint.sh): if an image is meant, give its tag too, as in " + blank + ":latest",
	}
	for image, want := range failures {
		assert.EqualError(t, checkRootfs(image), want)
	}
}
