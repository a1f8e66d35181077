package buildflags

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tree makes a folder of files, by their path.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	// On a Mac the folder for temporary files is behind a link.
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	return dir
}

const (
	ownProject = "[project]\nname = 'api'\n"
	workspaces = "[tool.uv.workspace]\nmembers = ['svc/*']\nexclude = ['svc/old']\n"
)

// TestProject finds the workspace that holds the lock of a project.
func TestProject(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		// folder and file are given, below the root of the tree.
		folder, file string
		// context, and name of the build file in it, are found.
		context, name string
	}{
		"own project":           {map[string]string{"pyproject.toml": ownProject}, ".", "", ".", "pyproject.toml"},
		"member":                {map[string]string{"pyproject.toml": workspaces, "svc/api/pyproject.toml": ownProject}, "svc/api", "", ".", "svc/api/pyproject.toml"},
		"member by -f":          {map[string]string{"pyproject.toml": workspaces, "svc/api/pyproject.toml": ownProject}, "svc/api", "svc/api/pyproject.toml", ".", "svc/api/pyproject.toml"},
		"folder of members":     {map[string]string{"pyproject.toml": workspaces, "svc/api/pyproject.toml": ownProject}, "svc", "svc/api/pyproject.toml", ".", "svc/api/pyproject.toml"},
		"root by -f":            {map[string]string{"pyproject.toml": workspaces, "svc/api/pyproject.toml": ownProject}, ".", "svc/api/pyproject.toml", ".", "svc/api/pyproject.toml"},
		"above the root":        {map[string]string{"a/pyproject.toml": workspaces, "a/svc/api/pyproject.toml": ownProject}, ".", "a/svc/api/pyproject.toml", ".", "a/svc/api/pyproject.toml"},
		"excluded":              {map[string]string{"pyproject.toml": workspaces, "svc/old/pyproject.toml": ownProject}, "svc/old", "", "svc/old", "pyproject.toml"},
		"no member":             {map[string]string{"pyproject.toml": workspaces, "lib/pyproject.toml": ownProject}, "lib", "", "lib", "pyproject.toml"},
		"no workspace above":    {map[string]string{"pyproject.toml": ownProject, "svc/api/pyproject.toml": ownProject}, "svc/api", "", "svc/api", "pyproject.toml"},
		"project in between":    {map[string]string{"pyproject.toml": "[tool.uv.workspace]\nmembers = ['**']\n", "a/pyproject.toml": ownProject, "a/b/pyproject.toml": ownProject}, "a/b", "", "a/b", "pyproject.toml"},
		"own lock":              {map[string]string{"pyproject.toml": workspaces, "svc/api/pyproject.toml": ownProject, "svc/api/uv.lock": ""}, "svc/api", "", "svc/api", "pyproject.toml"},
		"table without project": {map[string]string{"pyproject.toml": ownProject, "uv.lock": "", "fn/uvlambda.toml": ""}, "fn", "", ".", "fn/uvlambda.toml"},
		"mistake of its own":    {map[string]string{"pyproject.toml": workspaces, "svc/api/pyproject.toml": "[project"}, "svc/api", "", "svc/api", "pyproject.toml"},
		"uvlambda.toml":         {map[string]string{"pyproject.toml": ownProject, "uvlambda.toml": ""}, ".", "", ".", "uvlambda.toml"},
		"the other by -f":       {map[string]string{"pyproject.toml": ownProject, "uvlambda.toml": ""}, ".", "pyproject.toml", ".", "pyproject.toml"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := tree(t, test.files)
			flags := Flags{}
			if test.file != "" {
				flags.File = filepath.Join(dir, test.file)
			}
			found, err := flags.Project(filepath.Join(dir, test.folder))
			require.NoError(t, err)
			assert.Equal(t, filepath.Join(dir, test.context), found.Context)
			assert.Equal(t, test.context != test.folder, found.Grown)
			name, err := found.Name()
			require.NoError(t, err)
			assert.Equal(t, test.name, name)
		})
	}
}

// TestProjectBehindALink has the workspace above the folder that a link leads to.
func TestProjectBehindALink(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"pyproject.toml": workspaces, "svc/api/pyproject.toml": ownProject})
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(filepath.Join(dir, "svc", "api"), link))
	found, err := Flags{}.Project(link)
	require.NoError(t, err)
	assert.Equal(t, Project{Context: dir, File: filepath.Join(dir, "svc", "api", "pyproject.toml"), Grown: true}, found)
}

// TestProjectIsNamedAsTheFolderWas keeps messages and commands relative.
func TestProjectIsNamedAsTheFolderWas(t *testing.T) {
	dir := tree(t, map[string]string{"pyproject.toml": workspaces, "svc/api/pyproject.toml": ownProject})
	t.Chdir(filepath.Join(dir, "svc", "api"))
	found, err := Flags{}.Project(".")
	require.NoError(t, err)
	assert.Equal(t, Project{Context: filepath.Join("..", ".."), File: "pyproject.toml", Grown: true}, found)
	t.Chdir(dir)
	found, err = Flags{}.Project(filepath.Join("svc", "api"))
	require.NoError(t, err)
	assert.Equal(t, Project{Context: ".", File: filepath.Join("svc", "api", "pyproject.toml"), Grown: true}, found)
}

func TestProjectErrors(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"shop/pyproject.toml":         ownProject,
		"shop/src/app.py":             "",
		"both/pyproject.toml":         ownProject + "[tool.uvlambda]\nhandler = 'a.b'\n",
		"both/uvlambda.toml":          "",
		"broken/pyproject.toml":       "[tool.uv\n",
		"broken/svc/a/pyproject.toml": ownProject,
	})
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	tests := map[string]struct {
		folder, file, want string
	}{
		"two tables":          {in("both"), "", "both " + in("both/uvlambda.toml") + " and [tool.uvlambda] of " + in("both/pyproject.toml") + " say what to build: keep one of them, or choose with -f"},
		"mistake of the root": {in("broken/svc/a"), "", in("broken/pyproject.toml") + ":1: malformed TOML: expected ']' to close table name: correct this line or the one before"},
		"subfolder":           {in("shop/src"), "", "no pyproject.toml in " + in("shop/src") + ", but there is one in " + in("shop") + ": run `uvlambda build " + in("shop") + "`"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Flags{File: test.file}.Project(test.folder)
			assert.EqualError(t, err, test.want)
		})
	}
	outside := Project{Context: in("shop"), File: in("both/uvlambda.toml")}
	_, err := outside.Name()
	assert.EqualError(t, err, "build file "+outside.File+" is outside the context "+outside.Context+": give the folder that holds both as CONTEXT")
}

// TestLockOfAMember is written where uv writes it.
func TestLockOfAMember(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"pyproject.toml": workspaces, "svc/api/pyproject.toml": ownProject})
	member := filepath.Join(dir, "svc", "api")
	elsewhere := filepath.Join(dir, "out")
	for target, want := range map[string][]string{"lock": {dir, elsewhere}, "zip": {member, elsewhere}} {
		request, err := Flags{Target: target, Outputs: []string{member, elsewhere}}.Request(member, environment(nil))
		require.NoError(t, err)
		assert.Equal(t, want, []string{request.Outputs[0].Dest, request.Outputs[1].Dest}, target)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for argument, want := range map[string]string{
		"a/b-c.toml": "a/b-c.toml", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$(x)": "'$(x)'", "größe": "größe",
	} {
		assert.Equal(t, want, Quote(argument))
	}
}
