package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const smallLock = `version = 1

[[package]]
name = "some-app"
version = "0.1.0"
source = { virtual = "." }

[[package]]
name = "left-pad"
version = "1.0"
source = { registry = "https://example.com/simple" }
dependencies = [
    { name = "other" },
    { name = "third", marker = "sys_platform == 'win32'" },
]
sdist = { url = "https://example.com/left_pad-1.0.tar.gz", hash = "sha256:00" }
wheels = [
    { url = "https://example.com/left_pad-1.0-py3-none-any.whl", hash = "sha256:00" },
]

[package.optional-dependencies]
more = [
    { name = "other" },
]

[[package]]
name = "other"
version = "2.0"
source = { registry = "https://example.com/simple" }
wheels = [
    { url = "https://example.com/other-2.0-py3-none-any.whl", hash = "sha256:00" },
]
`

func TestMultiply(t *testing.T) {
	t.Parallel()
	entries, err := entriesOf(smallLock)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, `
[[package]]
name = "package-0"
version = "1.0"
source = { registry = "https://example.com/simple" }
dependencies = [
    { name = "package-1" },
    { name = "package-2" },
]
sdist = { url = "https://example.com/package_0-1.0.tar.gz", hash = "sha256:00" }
wheels = [
    { url = "https://example.com/package_0-1.0-py3-none-any.whl", hash = "sha256:00" },
]

[[package]]
name = "package-1"
version = "2.0"
source = { registry = "https://example.com/simple" }
wheels = [
    { url = "https://example.com/package_1-2.0-py3-none-any.whl", hash = "sha256:00" },
]

[[package]]
name = "package-2"
version = "1.0"
source = { registry = "https://example.com/simple" }
sdist = { url = "https://example.com/package_2-1.0.tar.gz", hash = "sha256:00" }
wheels = [
    { url = "https://example.com/package_2-1.0-py3-none-any.whl", hash = "sha256:00" },
]
`, multiply(entries, 3))
}

func TestEntriesOfALockWithoutPackages(t *testing.T) {
	t.Parallel()
	_, err := entriesOf("version = 1\n")
	require.EqualError(t, err, "uv.lock has no package with wheels")
}
