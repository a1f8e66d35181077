package integration

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// --add-host reaches the containers: the index has a name that only it knows.
// --network none cuts them off.
func TestHostsAndNetwork(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	served, err := url.Parse(serveWheel(t, wheel))
	require.NoError(t, err)
	index := "http://index.example.com:" + served.Port()
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		files := completeFunction(index, wheel)
		dir := newFunction(t, files)
		flags := []string{"--add-host", "index.example.com:127.0.0.1", "--no-cache-filter", "dependencies"}
		door.MustBuild(t, dir, flags...)

		result := door.Build(t, dir, append(flags, "--network", "none")...)
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, "installing the dependencies failed (example-dist 1.0 <- your dependencies, line 5 of pyproject.toml): index.example.com:"+served.Port()+" could not be reached")
	})
}

// limits is a build backend that fails and prints its limits. uv raises the soft
// limit to the hard limit.
const limits = `import os, resource
shm = os.statvfs("/dev/shm")
raise RuntimeError("limits: %d files, %d bytes" % (resource.getrlimit(resource.RLIMIT_NOFILE)[1], shm.f_blocks * shm.f_frsize))
`

func TestUlimitAndSharedMemory(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		result := door.Build(t, newFunction(t, member(limits)), "--ulimit", "nofile=1234:2345", "--shm-size", "32m")
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, "limits: 2345 files, 33554432 bytes")
	})
}
