package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/fixture"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// memory is a build context in memory, which records the calls.
type memory struct {
	contexts.Context
	near  bool
	files map[string]string
	// calls are the names of the calls made, in order.
	calls []string
	asked []string
	// failing is the call that fails.
	failing string
}

var errTransfer = errors.New("transfer failed")

func (m *memory) Near() bool { return m.near }

func (m *memory) Ignore(context.Context) (planner.IgnoreFile, error) {
	return planner.IgnoreFile{}, nil
}

func (m *memory) call(name string, paths ...string) error {
	m.calls = append(m.calls, name)
	m.asked = append(m.asked, paths...)
	if m.failing == name {
		return errTransfer
	}
	return nil
}

func (m *memory) Read(_ context.Context, paths []string) (files.Set, error) {
	set := files.Set{}
	for _, p := range paths {
		set[p] = files.Entry{}
		if text, ok := m.files[p]; ok {
			set[p] = files.Entry{Kind: files.Regular, Data: []byte(text)}
		}
	}
	return set, m.call("read", paths...)
}

func (m *memory) Stat(_ context.Context, paths []string) (files.Set, error) {
	set := files.Set{}
	for _, p := range paths {
		for name := range m.files {
			if name == p {
				set[p] = files.Entry{Kind: files.Regular}
			} else if strings.HasPrefix(name, p+"/") {
				set[p] = files.Entry{Kind: files.Folder}
			}
		}
	}
	return set, m.call("stat", paths...)
}

func (m *memory) Find(_ context.Context, name string) ([]string, error) {
	var found []string
	for p := range m.files {
		if path.Base(p) == name {
			found = append(found, p)
		}
	}
	slices.Sort(found)
	return found, m.call("find", name)
}

// buildFileOf is the build file that stands at from; clients send it by the name
// given.
func buildFileOf(t *testing.T, m *memory, from, name string) *contexts.BuildFile {
	t.Helper()
	dir := t.TempDir()
	at := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(t, os.WriteFile(at, []byte(m.files[from]), 0o600))
	folder, err := contexts.OpenFolder(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })
	buildFile, err := contexts.LocalBuildFile(folder, name)
	require.NoError(t, err)
	return buildFile
}

// workspace loads the workspace of the build file that stands at from.
func workspace(t *testing.T, m *memory, from, name string) (*planner.Workspace, error) {
	t.Helper()
	buildFile := buildFileOf(t, m, from, name)
	open := func(plan.Location) (contexts.Context, error) { return m, nil }
	file, targets, err := Open(t.Context(), buildFile, contexts.NewTexts(buildFile), open, func(*spec.Spec) []string { return []string{""} })
	if err != nil {
		return nil, err
	}
	loaded, err := file.Load(t.Context(), targets[0])
	if err != nil {
		return nil, err
	}
	return loaded.Workspace, nil
}

func TestLoad(t *testing.T) {
	t.Parallel()
	alone := "version = 1\n[[package]]\nname = 'orders'\nsource = { virtual = '.' }\n"
	tests := []struct {
		name       string
		files      map[string]string
		from, sent string
		dir, root  string
		calls      []string
	}{
		{
			"project at the root",
			map[string]string{"pyproject.toml": fixture.Orders, "uv.lock": alone, "app.py": ""},
			"pyproject.toml", "pyproject.toml", ".", ".", []string{"read"},
		},
		{
			"without a lock",
			map[string]string{"pyproject.toml": fixture.Orders},
			"pyproject.toml", "pyproject.toml", ".", ".", []string{"read"},
		},
		{
			"with files to include",
			map[string]string{"pyproject.toml": fixture.Orders + "include = ['assets']\n", "uv.lock": alone, "assets/a": ""},
			"pyproject.toml", "pyproject.toml", ".", ".", []string{"read", "stat"},
		},
		{
			"own file beside the project",
			map[string]string{"pyproject.toml": "[project]\nname = 'orders'\n", "uv.lock": alone, "prod.uvlambda.toml": "handler = 'app.handler'\n"},
			"prod.uvlambda.toml", "prod.uvlambda.toml", ".", ".", []string{"read"},
		},
		{
			"member that the lock leads to",
			map[string]string{"pyproject.toml": fixture.Root, "uv.lock": fixture.Lock, "services/orders/pyproject.toml": fixture.Orders, "library/pyproject.toml": fixture.Library},
			"services/orders/pyproject.toml", "pyproject.toml", "services/orders", ".", []string{"read", "read", "read"},
		},
		{
			"member by its path",
			map[string]string{"pyproject.toml": fixture.Root, "uv.lock": fixture.Lock, "services/orders/pyproject.toml": fixture.Orders, "library/pyproject.toml": fixture.Library},
			"services/orders/pyproject.toml", "services/orders/pyproject.toml", "services/orders", ".", []string{"read", "read"},
		},
		{
			"project that nothing leads to",
			map[string]string{"tools/pyproject.toml": "[project]\nname = 'tools'\n", "orders/pyproject.toml": fixture.Orders, "orders/uv.lock": alone},
			"orders/pyproject.toml", "pyproject.toml", "orders", "orders", []string{"read", "find", "read", "read"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := &memory{files: test.files}
			w, err := workspace(t, m, test.from, test.sent)
			require.NoError(t, err)
			assert.Equal(t, test.dir, w.Dir)
			assert.Equal(t, test.root, w.Root)
			assert.Equal(t, test.calls, m.calls)
			for _, p := range m.asked {
				assert.False(t, planner.Outside(p), "%s is asked of the client", p)
			}
		})
	}
}

// TestLoadMembers checks what a member's build needs of its workspace.
func TestLoadMembers(t *testing.T) {
	t.Parallel()
	m := &memory{files: map[string]string{
		"uv.lock": fixture.Lock, "pyproject.toml": fixture.Root, ".python-version": "3.13\n",
		"services/orders/pyproject.toml": fixture.Orders + "include = ['mail']\n", "services/orders/app.py": "orders",
		"services/orders/mail/a.txt": "", "library/pyproject.toml": fixture.Library,
		"library/src/app.py": "library", "library/setup.cfg": "[options]\n",
	}}
	w, err := workspace(t, m, "services/orders/pyproject.toml", "services/orders/pyproject.toml")
	require.NoError(t, err)
	assert.Equal(t, []string{
		".python-version", "library/pyproject.toml", "library/setup.cfg", "library/src/app.py",
		"pyproject.toml", "services/orders/app.py", "services/orders/pyproject.toml", "uv.lock",
	}, w.Files.Existing())
	assert.Equal(t, files.Folder, w.Files["services/orders/mail"].Kind)
	assert.Equal(t, ".python-version", w.PythonVersion.Name)
	assert.Equal(t, "library", w.Members["library"].Name)
	assert.Len(t, w.Members, 2)
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{
			"nowhere", map[string]string{"build": fixture.Orders, "a/pyproject.toml": "[project]\nname = 'other'\n"},
			"pyproject.toml: the build file is not in the build context: use the folder that holds it, or one above, as the context " +
				"(and check that .dockerignore does not hide it)",
		},
		{
			"twice", map[string]string{"build": fixture.Orders, "a/pyproject.toml": fixture.Orders, "b/pyproject.toml": fixture.Orders},
			"pyproject.toml: a/pyproject.toml and b/pyproject.toml have the same content, so the build file's folder is not known: " +
				"use its folder as the context, or make them differ by a comment",
		},
		{
			"in many places", copies(5000),
			"pyproject.toml: p0/pyproject.toml, p1/pyproject.toml, p10/pyproject.toml, p100/pyproject.toml, p1000/pyproject.toml, p1001/pyproject.toml, p1002/pyproject.toml, " +
				"p1003/pyproject.toml, p1004/pyproject.toml, p1005/pyproject.toml and 4990 more have the same content, so the build file's folder is not known: " +
				"use its folder as the context, or make them differ by a comment",
		},
		{
			"malformed lock", map[string]string{"build": fixture.Orders, "uv.lock": "version = 7\n"},
			"uv.lock:1: the lock has schema version 7, and only version 1 is known: write it again with `uv lock` of a uv that writes version 1",
		},
		{
			"malformed project", map[string]string{"build": "[project]\nname = 3\n", "pyproject.toml": "[project]\nname = 3\n"},
			"pyproject.toml:2: project.name must be a string, not an integer: put it in quotes",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := workspace(t, &memory{files: test.files}, "build", "pyproject.toml")
			require.EqualError(t, err, test.want)
		})
	}
}

func TestLoadPassesFailuresOn(t *testing.T) {
	t.Parallel()
	contents := map[string]string{"a/pyproject.toml": fixture.Orders + "include = ['x']\n"}
	for _, call := range []string{"read", "find", "stat"} {
		_, err := workspace(t, &memory{files: contents, failing: call}, "a/pyproject.toml", "pyproject.toml")
		require.ErrorIs(t, err, errTransfer, call)
	}
}

// The functions of a file share what was read for one of them.
func TestTargetsShareTheWorkspace(t *testing.T) {
	t.Parallel()
	m := &memory{files: map[string]string{
		"pyproject.toml": "[project]\nname = 'orders'\n[tool.uvlambda.functions.one]\nhandler = 'one.handler'\n[tool.uvlambda.functions.two]\nhandler = 'two.handler'\ninclude = ['data']\n",
		"uv.lock":        "version = 1\n[[package]]\nname = 'orders'\nsource = { virtual = '.' }\n", "one.py": "", "two.py": "", "data/x": "",
	}}
	buildFile := buildFileOf(t, m, "pyproject.toml", "pyproject.toml")
	open := func(plan.Location) (contexts.Context, error) { return m, nil }
	file, targets, err := Open(t.Context(), buildFile, contexts.NewTexts(buildFile), open, func(s *spec.Spec) []string { return s.Functions() })
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two"}, targets)
	one, err := file.Load(t.Context(), "one")
	require.NoError(t, err)
	two, err := file.Load(t.Context(), "two")
	require.NoError(t, err)
	assert.Same(t, one.Workspace.Lock, two.Workspace.Lock, "the lock is parsed once")
	assert.Equal(t, []string{"read", "stat"}, m.calls, "one.py and two.py are read at once")
	assert.NotContains(t, one.Workspace.Files, "data")
	assert.Contains(t, two.Workspace.Files, "data")
}

// copies are as many folders with the build file.
func copies(count int) map[string]string {
	contents := map[string]string{"build": fixture.Orders}
	for i := range count {
		contents[fmt.Sprintf("p%d/pyproject.toml", i)] = fixture.Orders
	}
	return contents
}
