package project

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// largeLock is a lock of one package with wheels for several targets.
const largeLock = `version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "numpy"
version = "2.3.1"
source = { registry = "https://pypi.example.com/simple" }
sdist = { url = "https://files.example.com/numpy-2.3.1.tar.gz", hash = "sha256:00", size = 20000000 }
wheels = [
    { url = "https://files.example.com/b/numpy-2.3.1-cp313-cp313-manylinux_2_28_x86_64.whl", hash = "sha256:0b", size = 16000000 },
    { url = "https://files.example.com/a/numpy-2.3.1-cp313-cp313-manylinux_2_17_x86_64.whl?q=\"x\\y\"", hash = "sha256:0a", size = 17000000, upload-time = "2026-01-01T00:00:00Z" },
    { url = "https://files.example.com/c/numpy-2.3.1-cp313-cp313-manylinux_2_28_aarch64.whl", hash = "sha256:0c", size = 4194303 },
    { url = "https://files.example.com/d/numpy-2.3.1-cp313-cp313-win_amd64.whl", hash = "sha256:0d", size = 9000000 },
]
`

func largePackage(t *testing.T, lock string) (*Package, Runtime) {
	t.Helper()
	parsed, err := ParseLock("uv.lock", []byte(lock))
	require.NoError(t, err)
	rt, ok := LookupRuntime(Version{3, 13})
	require.True(t, ok)
	return &parsed.Packages[0], rt
}

func TestLarge(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string
		arch     string
		settings BuildSettings
		want     bool
	}{
		{name: "all wheels of the target", arch: "amd64", want: true},
		{name: "large on the other architecture", arch: "arm64", want: true},
		{name: "much smaller here", old: "size = 4194303", new: "size = 2097151", arch: "arm64"},
		{name: "a byte too small", old: "x86_64", new: "riscv64", arch: "arm64"},
		{name: "one wheel is small", old: "size = 17000000", new: "size = 400", arch: "amd64"},
		{name: "size unknown", old: `, size = 16000000`, new: ``, arch: "amd64"},
		{name: "another hash", old: "sha256:0b", new: "sha512:0b", arch: "amd64"},
		{name: "no hash", old: `hash = "sha256:0b", `, new: ``, arch: "amd64"},
		{name: "wheels are not allowed", arch: "amd64", settings: BuildSettings{NoBinaryPackage: []string{"numpy"}}},
		{name: "a folder of wheels", old: `registry = "https://pypi.example.com/simple"`, new: `registry = "wheelhouse"`, arch: "amd64"},
		{name: "not from an index", old: `registry = "https://pypi.example.com/simple"`, new: `url = "https://files.example.com/x.whl"`, arch: "amd64"},
		{name: "a user", old: "https://files.example.com/b", new: "https://user@files.example.com/b", arch: "amd64"},
		{name: "another target", old: "x86_64", new: "riscv64", arch: "amd64"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, largeLock, tt.old)
			pkg, rt := largePackage(t, strings.ReplaceAll(largeLock, tt.old, tt.new))
			if tt.old == "" {
				pkg, rt = largePackage(t, largeLock)
			}
			assert.Equal(t, tt.want, pkg.Large(rt, tt.arch, tt.settings))
		})
	}
}

// TestPylock: the list of one package has its wheels for the target, in an order
// that does not depend on the lock's, and quotes what is in their addresses.
func TestPylock(t *testing.T) {
	t.Parallel()
	pkg, rt := largePackage(t, largeLock)
	got, err := pkg.Pylock(rt, "amd64", BuildSettings{})
	require.NoError(t, err)
	assert.Equal(t, `lock-version = "1.0"
created-by = "uvlambda"

[[packages]]
name = "numpy"
version = "2.3.1"
index = "https://pypi.example.com/simple"

[[packages.wheels]]
url = "https://files.example.com/a/numpy-2.3.1-cp313-cp313-manylinux_2_17_x86_64.whl?q=\"x\\y\""
size = 17000000
[packages.wheels.hashes]
sha256 = "0a"

[[packages.wheels]]
url = "https://files.example.com/b/numpy-2.3.1-cp313-cp313-manylinux_2_28_x86_64.whl"
size = 16000000
[packages.wheels.hashes]
sha256 = "0b"
`, got)
}

// TestWheelSettings: a large package takes of [tool.uv] what is about its own
// index, so that it is installed alike in projects that differ in the rest.
func TestWheelSettings(t *testing.T) {
	t.Parallel()
	pkg, _ := largePackage(t, largeLock)
	const own, other = "https://pypi.example.com/simple", "https://other.example.com/simple"
	index := func(name, url string) string {
		return fmt.Sprintf("[[tool.uv.index]]\nname = %q\nurl = %q\n", name, url)
	}
	kept := func(name, url string) string {
		return fmt.Sprintf("[[index]]\nname = %q\nurl = %q\n", name, url)
	}
	tests := []struct {
		name, table, want string
		indexes           []string
	}{
		{name: "nothing"},
		{name: "about building", table: "[tool.uv]\nno-build = true\nconfig-settings = { a = \"b\" }\nindex-strategy = \"unsafe-best-match\"\nexclude-newer = \"2026-01-01\"\n"},
		{name: "about downloads", table: "[tool.uv]\nallow-insecure-host = [\"localhost\"]\nkeyring-provider = \"subprocess\"\n",
			want: "allow-insecure-host = [\"localhost\"]\nkeyring-provider = \"subprocess\"\n"},
		{name: "another index", table: index("other", other)},
		{name: "its own index", table: index("other", other) + index("ours", own), want: kept("ours", own), indexes: []string{"ours"}},
		{name: "the index on its files' host", table: index("files", "https://files.example.com/simple"), want: kept("files", "https://files.example.com/simple"), indexes: []string{"files"}},
		{name: "older keys", table: "[tool.uv]\nindex-url = \"" + own + "\"\nextra-index-url = [\"" + other + "\", \"https://user@pypi.example.com/more\"]\n",
			want: "extra-index-url = [\"https://user@pypi.example.com/more\"]\nindex-url = \"" + own + "\"\n"},
		{name: "another index in an older key", table: "[tool.uv]\nindex-url = \"" + other + "\"\nextra-index-url = [\"" + other + "\"]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			project, err := parsePyproject(t, "[project]\nname = \"x\"\nversion = \"1\"\n"+tt.table)
			require.NoError(t, err)
			got, indexes, err := project.WheelSettings(pkg, Installation{})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.indexes, indexes)
		})
	}
}
