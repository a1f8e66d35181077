package project

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClosure(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, lock, root, groups, extras, python, arch string
		packages, members, virtual                     string
	}{
		{
			name: "member that depends on members", lock: "workspace.lock", root: "api", python: "3.13", arch: "arm64",
			packages: "anyio grid@2.0.0 loop sniffio", members: "core nested",
		},
		{
			name: "markers choose the version and leave packages out", lock: "workspace.lock", root: "Api",
			python: "3.12", arch: "amd64", packages: "anyio grid@1.5.0 sniffio", members: "core nested",
		},
		{
			name: "groups and extras", lock: "workspace.lock", root: "api", groups: "dev", extras: "debug",
			python: "3.12", arch: "amd64", packages: "anyio grid@1.5.0 sniffio tester tracer", members: "core nested",
		},
		{
			name: "empty group and extra", lock: "workspace.lock", root: "api", groups: "empty", extras: "nothing",
			python: "3.12", arch: "amd64", packages: "anyio grid@1.5.0 sniffio", members: "core nested",
		},
		{
			name: "virtual root and member", lock: "workspace.lock", root: "root", python: "3.13", arch: "amd64",
			packages: "anyio sniffio", members: "core nested", virtual: "worker",
		},
		{name: "no dependencies", lock: "workspace.lock", root: "tools", python: "3.13", arch: "amd64"},
		{
			name: "url, git and path", lock: "sources.lock", root: "packaged", python: "3.13", arch: "amd64",
			packages: "archive direct direct-wheel flat repository",
		},
		{
			name: "conflicting extra", lock: "conflicts.lock", root: "my-app", extras: "cpu", python: "3.13", arch: "amd64",
			packages: "encoding@1.0 fetch",
		},
		{
			name: "the other conflicting extra", lock: "conflicts.lock", root: "my_app", extras: "GPU", python: "3.13",
			arch: "amd64", packages: "encoding@2.0 fetch",
		},
		{
			name: "neither", lock: "conflicts.lock", root: "my-app", python: "3.13", arch: "amd64", packages: "fetch",
		},
		{
			name: "conflicting group", lock: "conflicts.lock", root: "my-app", groups: "old", python: "3.13", arch: "amd64",
			packages: "encoding@2.0 fetch",
		},
		{
			name: "conflicting extra through another", lock: "conflicts.lock", root: "my-app", extras: "indirect",
			python: "3.13", arch: "amd64", packages: "encoding@1.0 fetch",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			version, err := ParseVersion(tt.python)
			require.NoError(t, err)
			lock := loadLock(t, tt.lock)
			c, err := lock.Closure(tt.root, strings.Fields(tt.groups), strings.Fields(tt.extras),
				TargetEnvironment(NewInterpreter(version, "", nil), tt.arch))
			require.NoError(t, err)
			assert.Equal(t, tt.packages, versioned(lock, c.Packages))
			assert.Equal(t, tt.members, names(c.Members))
			assert.Equal(t, tt.virtual, names(c.Virtual))
		})
	}
}

// versioned names packages, with the version where the lock holds several.
func versioned(lock *Lock, packages []*Package) string {
	count := map[string]int{}
	for _, p := range lock.Packages {
		count[p.Name]++
	}
	list := make([]string, len(packages))
	for i, p := range packages {
		list[i] = p.Name
		if count[p.Name] > 1 {
			list[i] += "@" + p.Version
		}
	}
	return strings.Join(list, " ")
}

func TestClosureRoot(t *testing.T) {
	t.Parallel()
	env := TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "amd64")
	for root, installed := range map[string]bool{"api": true, "root": false, "nested": true} {
		c, err := loadLock(t, "workspace.lock").Closure(root, nil, nil, env)
		require.NoError(t, err)
		assert.Equal(t, installed, c.RootInstalled, root)
		assert.Equal(t, root, c.Root.Name)
	}
}

func TestClosureErrors(t *testing.T) {
	t.Parallel()
	env := TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "amd64")
	lock := loadLock(t, "workspace.lock")
	tests := []struct{ root, groups, extras, want string }{
		{"absent", "", "", "uv.lock has no package \"absent\": run `uv lock`"},
		{"api", "prd", "", `package "api" has no dependency group "prd": did you mean "prod"?`},
		{"api", "", "debugg", `package "api" has no extra "debugg": did you mean "debug"?`},
		{"tools", "dev", "", `package "tools" has no dependency group "dev": it has none`},
	}
	for _, tt := range tests {
		_, err := lock.Closure(tt.root, strings.Fields(tt.groups), strings.Fields(tt.extras), env)
		assert.EqualError(t, err, tt.want)
	}
}

func TestClosureOfBrokenLocks(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, dependency, want string }{
		{
			"dangling edge", `{ name = "gone", version = "1" }`,
			"uv.lock:2: app depends on gone 1, which the lock does not have for this target: write it again with `uv lock`",
		},
		{
			"marker", `{ name = "gone", marker = "moon == 'full'" }`,
			"uv.lock:2: evaluating the marker \"moon == 'full'\": unknown variable moon: write the lock again with `uv lock`",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lock, err := ParseLock("uv.lock", []byte(
				"version = 1\n[[package]]\nname = 'app'\nsource = { virtual = '.' }\ndependencies = ["+tt.dependency+"]\n"))
			require.NoError(t, err)
			_, err = lock.Closure("app", nil, nil, TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "amd64"))
			assert.EqualError(t, err, tt.want)
		})
	}
}

func TestClosureOfACycle(t *testing.T) {
	t.Parallel()
	lock, err := ParseLock("uv.lock", []byte(`version = 1
[[package]]
name = "a"
source = { editable = "a" }
dependencies = [{ name = "b" }]
[[package]]
name = "b"
source = { editable = "b" }
dependencies = [{ name = "a" }, { name = "b" }]
`))
	require.NoError(t, err)
	c, err := lock.Closure("a", nil, nil, TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "amd64"))
	require.NoError(t, err)
	assert.Equal(t, "b", names(c.Members))
}
