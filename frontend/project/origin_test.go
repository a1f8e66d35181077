package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// apiProject and coreProject are of packages in workspace.lock; nested has a
// build backend that knows its dependencies.
const (
	apiProject = `[project]
name = "api"
dependencies = [
    "core[fast]",
    "grid<2; python_version < '3.13'",
    "grid>=2; python_version >= '3.13'",
    "nested",
]

[project.optional-dependencies]
debug = ["sniffio", "tracer"]

[dependency-groups]
dev = [
    "tester",
]
`
	coreProject = `[project]
name = "core"
optional-dependencies.speed = ["loop"]
`
)

func origins(t *testing.T, root string, groups, extras []string, arch string) *Origins {
	t.Helper()
	o := &Origins{Lock: loadLock(t, "workspace.lock"), Projects: map[string]*Pyproject{}}
	var err error
	o.Closure, err = o.Lock.Closure(root, groups, extras, TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), arch))
	require.NoError(t, err)
	for name, text := range map[string]string{"api": apiProject, "core": coreProject} {
		doc, err := source.Parse(name+"/pyproject.toml", []byte(text))
		require.NoError(t, err)
		o.Projects[name], err = ParsePyproject(doc)
		require.NoError(t, err)
	}
	return o
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	own := origins(t, "api", []string{"dev"}, []string{"debug"}, "arm64")
	above := origins(t, "root", nil, nil, "arm64")
	tests := []struct {
		in            *Origins
		name, version string
		want          string
		declared      int
	}{
		{own, "grid", "2.0.0", "grid 2.0.0 <- your dependencies, line 6 of api/pyproject.toml", 6},
		{own, "core", "", "core 0.1.0 <- your dependencies, line 4 of api/pyproject.toml", 4},
		{own, "tester", "", "tester 8.0.0 <- your group \"dev\", line 15 of api/pyproject.toml", 15},
		{own, "Tracer", "", "tracer 3.0.0 <- your extra \"debug\", line 11 of api/pyproject.toml", 11},
		{own, "loop", "", "loop 1.0.0 <- extra \"speed\" of core, line 3 of core/pyproject.toml", 3},
		{above, "nested", "", "nested <- dependencies of worker", 0},
		{above, "anyio", "4.0.0", "anyio 4.0.0 <- dependencies of nested", 0},
		{above, "sniffio", "", "sniffio 1.3.0 <- anyio <- dependencies of nested", 0},
	}
	for _, tt := range tests {
		origin, ok := tt.in.Find(tt.name, tt.version)
		require.True(t, ok, tt.name)
		assert.Equal(t, tt.want, origin.String())
		assert.Equal(t, tt.in.Lock.Locate(origin.Package), origin.Entry)
		want := []plan.Location{origin.Entry}
		if tt.declared > 0 {
			want = append(want, origin.Declared)
		}
		assert.Equal(t, tt.declared, origin.Declared.Line)
		assert.Equal(t, want, origin.Locations())
	}
}

func TestOriginOfOthers(t *testing.T) {
	t.Parallel()
	o := origins(t, "api", nil, nil, "arm64")
	for _, name := range []string{"api", "tester", "absent"} {
		_, ok := o.Find(name, "")
		assert.False(t, ok, name)
	}
	_, ok := o.Find("grid", "1.5.0")
	assert.False(t, ok, "a version for other Pythons")
	origin, ok := o.FindFile("anyio-4.0.0.tar.gz")
	require.True(t, ok)
	assert.Equal(t, "anyio", origin.Package.Name)
	_, ok = o.FindFile("anyio-4.0.0.tar")
	assert.False(t, ok)
}
