package standin

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMergeUsr(t *testing.T) {
	t.Parallel()
	t.Run("a release with folders in the root", func(t *testing.T) {
		t.Parallel()
		old := tree{}
		old.dir("bin", 0o755)
		old.file("bin/bash", 0o755, nil)
		old.dir("lib64", 0o755)
		old.symlink("lib64/ld.so", "/lib/ld.so")
		merged := mergeUsr(old)
		require.Equal(t, []string{"bin", "lib64", "usr/bin/bash", "usr/bin/sh", "usr/lib64/ld.so"}, slices.Sorted(maps.Keys(merged)))
		require.Equal(t, "usr/bin", merged["bin"].link)
	})
	t.Run("a release with links already", func(t *testing.T) {
		t.Parallel()
		current := tree{}
		current.symlink("bin", "usr/bin")
		current.file("usr/bin/bash", 0o755, nil)
		current.symlink("usr/bin/sh", "dash")
		merged := mergeUsr(current)
		require.Equal(t, []string{"bin", "usr/bin/bash", "usr/bin/sh"}, slices.Sorted(maps.Keys(merged)))
		require.Equal(t, "bash", merged["usr/bin/sh"].link)
	})
}

func TestSlimKeepsWhatRuns(t *testing.T) {
	t.Parallel()
	full := tree{}
	for _, name := range []string{
		"usr/bin/python3.13", "usr/lib/python3.13/os.py", "usr/lib/python3.13/EXTERNALLY-MANAGED",
		"usr/share/doc/bash/copyright", "usr/share/docs/kept", "var/lib/dpkg/status", "dev/console",
	} {
		full.file(name, 0o644, nil)
	}
	require.Equal(t, []string{
		"dev", "etc/group", "etc/passwd", "proc", "root", "run", "sys", "tmp",
		"usr/bin/python3.13", "usr/lib/python3.13/os.py", "usr/share/docs/kept",
	}, slices.Sorted(maps.Keys(slim(full))))
}

func TestShareBytecodeOnlyOfEqualModules(t *testing.T) {
	t.Parallel()
	from, to := tree{}, tree{}
	from.file("lib/same.py", 0o644, []byte("a"))
	from.file("lib/__pycache__/same.cpython-313.pyc", 0o644, []byte("compiled a"))
	from.file("lib/other.py", 0o644, []byte("amd64"))
	from.file("lib/__pycache__/other.cpython-313.pyc", 0o644, []byte("compiled amd64"))
	to.file("lib/same.py", 0o644, []byte("a"))
	to.file("lib/other.py", 0o644, []byte("arm64"))
	shareBytecode(from, to)
	require.Equal(t, []string{"lib/__pycache__/same.cpython-313.pyc", "lib/other.py", "lib/same.py"}, slices.Sorted(maps.Keys(to)))
}
