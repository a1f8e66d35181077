package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
)

func TestProjectFiles(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{".gitignore", ".hgignore", ".python-version", "pyproject.toml", "setup.cfg", "setup.py", "uv.lock", "uv.toml"}, planner.ProjectFiles("."))
	assert.Equal(t, []string{
		".gitignore", ".hgignore", ".python-version", "a/.gitignore", "a/.hgignore", "a/.python-version", "a/b/.gitignore", "a/b/.hgignore",
		"a/b/.python-version", "a/b/pyproject.toml", "a/b/setup.cfg", "a/b/setup.py", "a/b/uv.lock", "a/b/uv.toml",
		"a/pyproject.toml", "a/setup.cfg", "a/setup.py", "a/uv.lock", "a/uv.toml",
		"pyproject.toml", "setup.cfg", "setup.py", "uv.lock", "uv.toml",
	}, planner.ProjectFiles("a/b"))
}

func TestAncestors(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"."}, planner.Ancestors("."))
	assert.Equal(t, []string{"a/b", "a", "."}, planner.Ancestors("a/b"))
}

func TestOutside(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{".": false, "a": false, "..a": false, "..": true, "../a": true, "/a": true} {
		assert.Equal(t, want, planner.Outside(name), name)
	}
}

func TestWorkspaceRoot(t *testing.T) {
	t.Parallel()
	const (
		table = "[tool.uv.workspace]\nmembers = ['b', 'a/*']\n"
		lock  = "version = 1\n"
		own   = "[project]\nname = 'own'\n"
	)
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"own lock", map[string]string{"a/b/pyproject.toml": own, "a/b/uv.lock": lock, "a/uv.lock": lock}, "a/b"},
		{"lock above", map[string]string{"a/b/pyproject.toml": own, "a/pyproject.toml": table, "a/uv.lock": lock, "pyproject.toml": table}, "a"},
		{"no lock, table above", map[string]string{"a/b/pyproject.toml": own, "pyproject.toml": table}, "."},
		{"project in between", map[string]string{"a/b/pyproject.toml": own, "a/pyproject.toml": own, "pyproject.toml": table}, "a/b"},
		{"no project in between", map[string]string{"a/b/pyproject.toml": own, "a/pyproject.toml": "[tool.x]\n", "pyproject.toml": table}, "a/b"},
		{"lock above, not a member", map[string]string{"a/b/pyproject.toml": own, "pyproject.toml": "[tool.uv.workspace]\nmembers = ['c']\n", "uv.lock": lock}, "a/b"},
		{"lock above, excluded", map[string]string{"a/b/pyproject.toml": own, "pyproject.toml": table + "exclude = ['a/b']\n", "uv.lock": lock}, "a/b"},
		{"lock above, no project here", map[string]string{"a/uv.lock": lock, "pyproject.toml": table}, "a"},
		{"table above, no project here", map[string]string{"pyproject.toml": "[tool.uv.workspace]\n"}, "."},
		{"no lock, own table", map[string]string{"a/b/pyproject.toml": table, "pyproject.toml": table}, "a/b"},
		{"no lock, no table", map[string]string{"a/b/pyproject.toml": own, "pyproject.toml": own}, "a/b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w, err := planner.NewWorkspace("a/b", contextOf(test.files), nil)
			require.NoError(t, err)
			assert.Equal(t, test.want, w.Root)
		})
	}
}

// TestMemberFiles checks that each file of the lock's members is asked for
// once, and nothing that is known or outside.
func TestMemberFiles(t *testing.T) {
	t.Parallel()
	lock := "version = 1\n"
	for _, dir := range []string{".", "b", "a/../a", "../c", "/d"} {
		lock += "[[package]]\nname = 'x'\nsource = { editable = '" + dir + "' }\n"
	}
	read := files.Set{"uv.lock": {Kind: files.Regular, Data: []byte(lock)}}
	for _, name := range []string{"pyproject.toml", "setup.cfg", "setup.py", "b/setup.py"} {
		read[name] = files.Entry{}
	}
	w, err := planner.NewWorkspace(".", read, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{
		".gitignore", ".hgignore",
		"a/.gitignore", "a/.hgignore", "a/pyproject.toml", "a/setup.cfg", "a/setup.py",
		"b/.gitignore", "b/.hgignore", "b/pyproject.toml", "b/setup.cfg",
	}, w.MemberFiles())

	require.NoError(t, w.AddMembers(contextOf(map[string]string{"b/pyproject.toml": "[project]\nname = 'b'\n"})))
	assert.Len(t, w.Members, 1)
	assert.Equal(t, "b", w.Members["b"].Name)
}

// TestProjectsAreParsedOnce holds what the functions of a build file share: each
// pyproject.toml is one value, in the workspace and in what starts from it.
func TestProjectsAreParsedOnce(t *testing.T) {
	t.Parallel()
	w, err := planner.NewWorkspace("a", contextOf(map[string]string{
		"a/pyproject.toml": "[project]\nname = 'a'\n",
		"pyproject.toml":   "[project]\nname = 'top'\n[tool.uv.workspace]\nmembers = ['*']\n",
		"uv.lock":          "version = 1\n[[package]]\nname = 'a'\nsource = { editable = 'a' }\n[[package]]\nname = 'b'\nsource = { editable = 'b' }\n[[package]]\nname = 'top'\nsource = { virtual = '.' }\n",
	}), nil)
	require.NoError(t, err)
	require.NoError(t, w.AddMembers(contextOf(map[string]string{"b/pyproject.toml": "[project]\nname = 'b'\n"})))
	assert.Same(t, w.Own, w.Members["a"])
	assert.Same(t, w.Top, w.Members["."])
	next := w.Fork()
	require.NoError(t, next.AddMembers(nil))
	assert.Same(t, w.Members["b"], next.Members["b"])
}

func TestWorkspaceWithoutLock(t *testing.T) {
	t.Parallel()
	w, err := planner.NewWorkspace(".", contextOf(map[string]string{"pyproject.toml": ""}), nil)
	require.NoError(t, err)
	assert.Nil(t, w.MemberFiles())
	require.NoError(t, w.AddMembers(contextOf(map[string]string{"b/pyproject.toml": "="})))
	assert.Empty(t, w.Members)
}

func TestWorkspaceErrors(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name:   "malformed project above",
			client: client{file: "a/uvlambda.toml"},
			files:  map[string]string{"a/uvlambda.toml": "handler = 'app.handler'\n", "pyproject.toml": "[project]\nname = 3\n"},
			want:   "pyproject.toml:2: project.name must be a string, not an integer: put it in quotes",
		},
		{
			name:   "malformed project above, without a lock",
			client: client{file: "a/uvlambda.toml"},
			files: map[string]string{
				"a/uvlambda.toml": "handler = 'app.handler'\n", "pyproject.toml": "[project]\nname = 3\n", "uv.lock": "",
			},
			want: "pyproject.toml:2: project.name must be a string, not an integer: put it in quotes",
		},
		{
			name:   "malformed project beside",
			client: client{file: "uvlambda.toml"},
			files:  map[string]string{"uvlambda.toml": "handler = 'app.handler'\n", "pyproject.toml": "\n[project]\n"},
			want:   "pyproject.toml:2: [project] has no name: add one",
		},
		{
			name:  "lock of another schema",
			files: map[string]string{"uv.lock": "version = 2\n"},
			want: "uv.lock:1: the lock has schema version 2, and only version 1 is known: " +
				"write it again with `uv lock` of a uv that writes version 1",
		},
	})
}
