package planner_test

import (
	"strings"
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
			root, err := planner.WorkspaceRoot("a/b", contextOf(test.files))
			require.NoError(t, err)
			assert.Equal(t, test.want, root)
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
	alone, err := planner.NewWorkspace(".", contextOf(map[string]string{"pyproject.toml": "[project]\nname = 'a'\n"}), nil)
	require.NoError(t, err)
	assert.Same(t, alone.Own, alone.Top)
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

// The lock of the context's root is parsed once for all functions; another one is
// the workspace's own.
func TestLockOfAnotherFunction(t *testing.T) {
	t.Parallel()
	contents := contextOf(map[string]string{"pyproject.toml": "", "uv.lock": "version = 1\n", "svc/pyproject.toml": "[project]\nname = 'svc'\n", "svc/uv.lock": "version = 1\n"})
	w, err := planner.NewWorkspace(".", contents, nil)
	require.NoError(t, err)
	again, err := planner.NewWorkspace(".", contents, w.Lock)
	require.NoError(t, err)
	assert.Same(t, w.Lock, again.Lock)
	own, err := planner.NewWorkspace("svc", contents, w.Lock)
	require.NoError(t, err)
	assert.Equal(t, "svc/uv.lock", own.Lock.Name)
}

// Members that the lock does not have yet may name indexes of their own, which want
// credentials when it is made.
func TestUnlockedMembers(t *testing.T) {
	t.Parallel()
	const named = "[[tool.uv.index]]\nname = 'INDEX'\nurl = 'https://packages.example.com/simple'\nexplicit = true\n[tool.uv.sources]\nx = { index = 'INDEX' }\n"
	member := func(name, index string) string {
		return "[project]\nname = '" + name + "'\n" + strings.ReplaceAll(named, "INDEX", index)
	}
	w, err := planner.NewWorkspace("top", contextOf(map[string]string{
		"top/pyproject.toml": strings.ReplaceAll(named, "INDEX", "ours") + "[tool.uv.workspace]\nmembers = ['*']\nexclude = ['out']\n",
		"top/uv.lock":        "version = 1\n[[package]]\nname = 'known'\nsource = { editable = 'known' }\n",
	}), nil)
	require.NoError(t, err)
	require.NoError(t, w.AddMembers(contextOf(map[string]string{"top/known/pyproject.toml": member("known", "OURS")})))
	assert.Equal(t, []string{"top/a/pyproject.toml", "top/b/pyproject.toml"}, w.UnlockedMembers([]string{
		"pyproject.toml", "elsewhere/pyproject.toml", "top/a/pyproject.toml", "top/b/pyproject.toml", "top/known/pyproject.toml", "top/out/pyproject.toml", "top/pyproject.toml", "top/a/deep/pyproject.toml",
	}))
	require.NoError(t, w.AddUnlocked(contextOf(map[string]string{"top/a/pyproject.toml": member("a", "theirs"), "top/b/pyproject.toml": member("b", "Theirs")})))
	var indexes []string
	for _, index := range w.NamedIndexes() {
		indexes = append(indexes, index.Name+" of "+index.Source.File)
	}
	assert.Equal(t, []string{"ours of top/pyproject.toml", "theirs of top/a/pyproject.toml"}, indexes, "of indexes with the same variables the first counts")
	assert.Empty(t, w.UnlockedMembers([]string{"top/a/pyproject.toml", "top/b/pyproject.toml"}))
	require.EqualError(t, w.AddUnlocked(contextOf(map[string]string{"top/c/pyproject.toml": "[project]\nname = 3\n"})),
		"top/c/pyproject.toml:2: project.name must be a string, not an integer: put it in quotes")
}

// Wheels and sdists of the context are looked at wherever the lock is.
func TestLocalFiles(t *testing.T) {
	t.Parallel()
	w, err := planner.NewWorkspace("svc", contextOf(map[string]string{"svc/pyproject.toml": "[project]\nname = 'svc'\n", "svc/uv.lock": "version = 1\n" +
		"[[package]]\nname = 'a'\nsource = { path = '../wheels/a-1-py3-none-any.whl' }\n[[package]]\nname = 'b'\nsource = { path = '../../b.tar.gz' }\n" +
		"[[package]]\nname = 'c'\nsource = { registry = 'house' }\nwheels = [{ path = 'c-1-py3-none-any.whl' }]\nsdist = { path = 'c-1.tar.gz' }\n" +
		"[[package]]\nname = 'd'\nsource = { path = '/srv/d.whl' }\n[[package]]\nname = 'e'\n" + index}), nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"wheels/a-1-py3-none-any.whl", "svc/house/c-1-py3-none-any.whl", "svc/house/c-1.tar.gz"}, w.LocalFiles())
	w.Lock = nil
	assert.Empty(t, w.LocalFiles())
}

// A package whose version is another one than the lock's is known by both.
func TestOtherVersions(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		project, locked string
		other           bool
	}{
		"the same":               {"version = '1.0'", "version = '1.0'", false},
		"the same, otherwise":    {"version = '1.0.0'", "version = '1.0'", false},
		"another":                {"version = '1.1'", "version = '1.0'", true},
		"now dynamic":            {"dynamic = ['version']", "version = '1.0'", true},
		"always dynamic":         {"dynamic = ['version']", "", false},
		"no more dynamic":        {"version = '1.0'", "", true},
		"another key is dynamic": {"version = '1.0'\ndynamic = ['dependencies']", "version = '1.0'", false},
	} {
		w, err := planner.NewWorkspace(".", contextOf(map[string]string{
			"pyproject.toml": "[project]\nname = 'api'\n" + tt.project + "\n", "uv.lock": "version = 1\n[[package]]\nname = 'api'\n" + tt.locked + "\nsource = { virtual = '.' }\n[[package]]\nname = 'gone'\nversion = '1'\nsource = { editable = 'gone' }\n",
		}), nil)
		require.NoError(t, err)
		require.NoError(t, w.AddMembers(nil))
		assert.Len(t, w.OtherVersions(), map[bool]int{true: 1}[tt.other], name)
	}
}

// A project that its workspace's lock does not have yet may name an index all the same.
func TestIndexesOfANewMember(t *testing.T) {
	t.Parallel()
	w, err := planner.NewWorkspace("svc", contextOf(map[string]string{
		"pyproject.toml":     "[tool.uv.workspace]\nmembers = ['*']\n",
		"uv.lock":            "version = 1\n",
		"svc/pyproject.toml": "[project]\nname = 'svc'\n[tool.uv.sources]\nx = { index = 'ours' }\n[[tool.uv.index]]\nname = 'ours'\nurl = 'https://packages.example.com/simple'\nexplicit = true\n",
	}), nil)
	require.NoError(t, err)
	require.NoError(t, w.AddMembers(nil))
	require.Len(t, w.NamedIndexes(), 1)
	assert.Equal(t, "ours", w.NamedIndexes()[0].Name)
}
