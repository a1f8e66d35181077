package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

const server = "app = None\n"

// What the words of a command name is copied, once, and nothing else is.
func TestCommands(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, keys string
		files      map[string]string
		copies     []string
		module     string
	}{
		{"package with an application", "command = ['uvicorn', 'web.main:app', '--port', '8080']", map[string]string{"web/__init__.py": "\n", "web/main.py": server}, []string{"web -> web"}, "web/main.py"},
		{"module below src", "command = ['uvicorn', 'web:app']", map[string]string{"src/web.py": server}, []string{"src/web.py -> web.py"}, "src/web.py"},
		{"package that is run", "command = ['python', '-m', 'web']", map[string]string{"web/__main__.py": server}, []string{"web -> web"}, "web/__main__.py"},
		{"two modules", "command = ['run', 'web:app', 'jobs.main:start']", map[string]string{"web.py": server, "jobs/main.py": server}, []string{"jobs -> jobs", "web.py -> web.py"}, "web.py"},
		{"words of a line", "command = ['sh', '-c', 'exec uvicorn web:app']", map[string]string{"web.py": server}, []string{"web.py -> web.py"}, "web.py"},
		{"file", "command = ['run.sh']", map[string]string{"run.sh": "\n"}, []string{"run.sh -> run.sh"}, ""},
		{"file in a folder", "command = ['bin/tools/run.sh', 'bin/other.sh']", map[string]string{"bin/tools/run.sh": "\n", "bin/other.sh": "\n"}, []string{"bin -> bin"}, ""},
		{"file by its absolute path", "command = ['sh', '/var/task/run.sh']", map[string]string{"run.sh": "\n"}, []string{"run.sh -> run.sh"}, ""},
		{"word like a folder", "command = ['sh', 'web', '-c']", map[string]string{"web/page.html": "\n"}, nil, ""},
		{"file that is included", "command = ['run.sh']\ninclude = ['run.sh']", map[string]string{"run.sh": "\n"}, []string{"run.sh -> run.sh"}, ""},
		{"file in an included folder", "command = ['bin/run.sh']\ninclude = ['bin']", map[string]string{"bin/run.sh": "\n"}, []string{"bin -> bin"}, ""},
		{"module that is included", "command = ['uvicorn', 'web:app']\ninclude = [{ from = 'code', to = '.' }]", map[string]string{"code/web.py": server}, []string{"code -> ."}, ""},
		{"file of what is included as the root", "command = ['run.sh']\ninclude = [{ from = 'code', to = '.' }]", map[string]string{"code/run.sh": "\n", "run.sh": "\n"}, []string{"code -> ."}, ""},
		{"file beside what is included as the root", "command = ['run.sh']\ninclude = [{ from = 'code', to = '.' }]", map[string]string{"code/run.sh.txt": "\n", "run.sh": "\n"}, []string{"code -> .", "run.sh -> run.sh"}, ""},
		{"folder of what is included as the root", "command = ['bin/run.sh']\ninclude = [{ from = 'code', to = '.' }]", map[string]string{"code/bin/run.sh": "\n", "bin/run.sh": "\n"}, []string{"code -> ."}, ""},
		{"module of the packaged project", "command = ['uvicorn', 'api.main:app']", map[string]string{"uv.lock": packagedLock, "src/api/main.py": server}, nil, "src/api/main.py"},
		{"module of a member", "command = ['uvicorn', 'library.entry:app']", map[string]string{"uv.lock": withLibrary, "library/pyproject.toml": libraryProject, "library/src/library/entry.py": server}, nil, "library/src/library/entry.py"},
		{"module of a package from elsewhere", "command = ['wrapper_tools:app']", map[string]string{"uv.lock": withLibrary, "library/pyproject.toml": libraryProject}, nil, ""},
		{"nothing of the project", "command = ['wrapper-tools', '--help']", map[string]string{"uv.lock": withLibrary, "library/pyproject.toml": libraryProject}, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in, err := newInput(contextOf(change(with(test.files, "pyproject.toml", keys(test.keys)["pyproject.toml"], "app.py", ""))), client{})
			require.NoError(t, err)
			decided := decideAll(t, in)
			assert.Equal(t, test.copies, copied(decided.Plan))
			assert.Equal(t, test.module, decided.HandlerFile)
			assert.Empty(t, decided.Handler)
			assert.True(t, decided.Plan.Config.Command)
			assert.Equal(t, in.Spec.Command, decided.Plan.Config.Cmd)
			assert.False(t, decided.Unverified(), "a command is no handler to look for")
		})
	}
}

// An adapter of another image, and a script elsewhere than in the task root, come with
// a command whose code is all in packages.
func TestFilesBesideACommand(t *testing.T) {
	t.Parallel()
	for include, want := range map[string]string{
		"{ image = 'adapter:1', from = '/lambda-adapter', to = '/opt/extensions/' }": "adapter:1: /lambda-adapter -> /opt/extensions/",
		"{ from = 'run.sh', to = '/opt/extensions/' }":                               "the context: run.sh -> /opt/extensions/run.sh",
	} {
		files := with(keys("command = ['uvicorn', 'api.main:app']\ninclude = ["+include+"]"), "uv.lock", packagedLock, "src/api/main.py", server, "run.sh", "\n", "app.py", "")
		p, err := newPlan(contextOf(change(files)), client{})
		require.NoError(t, err)
		assert.Equal(t, []string{want}, placed(p))
		assert.Nil(t, plan.First[plan.App](p))
	}
}

// A command finds the scripts and the modules of packages, where the task root
// has them.
func TestEnvironmentOfACommand(t *testing.T) {
	t.Parallel()
	p, err := newPlan(contextOf(change(with(keys("command = ['run.sh']\nenv = { LEVEL = 'info' }"), "run.sh", "\n"))), client{})
	require.NoError(t, err)
	assert.Equal(t, &plan.Config{
		Cmd: []string{"run.sh"}, Command: true, Path: []string{"/var/task/bin"}, Env: map[string]string{"PYTHONPATH": "/var/task", "LEVEL": "info"}, Labels: p.Config.Labels,
	}, p.Config)
	assert.Equal(t, plan.Location{File: "pyproject.toml", Line: 8, EndLine: 8}, plan.First[plan.App](p).Copies[0].Source)
}

// An archive has no command: Lambda takes one word for its handler.
func TestCommandsOfArchives(t *testing.T) {
	t.Parallel()
	one := with(keys("command = ['run.sh']"), "run.sh", "\n", "uv.lock", sizedLock(1))
	two := with(keys("command = ['sh', 'run.sh']"), "run.sh", "\n", "uv.lock", sizedLock(1))
	const want = "pyproject.toml:8: an archive has a handler and no command, and the adapter of a layer runs the file that the handler names: " +
		"write these words into a script such as run.sh, set command = [\"run.sh\"], or build an image"
	checkMistakes(t, []mistake{
		{name: "zip", files: two, client: client{target: "zip"}, want: want},
		{name: "app", files: two, client: client{target: "app"}, want: want},
	})
	for _, target := range []string{"image", "dir", "layer", "test"} {
		_, err := newPlan(contextOf(change(two)), client{target: target})
		require.NoError(t, err, target)
	}
	p, err := newPlan(contextOf(change(one)), client{target: "zip"})
	require.NoError(t, err)
	assert.Equal(t, "run.sh", plan.First[plan.Archive](p).Facts.Handler)
	assert.Equal(t, &plan.Config{Cmd: []string{"run.sh"}, Command: true}, p.Config)
}

func TestCommandErrors(t *testing.T) {
	t.Parallel()
	const nowhere = " is in neither the build context nor a package of the function: create it, correct the command, or copy it with `include` (and check that .dockerignore does not hide it)"
	checkMistakes(t, []mistake{
		{name: "module that is nowhere", files: keys("command = ['uvicorn', 'web.main:app']"), want: "pyproject.toml:8: command: web.main" + nowhere},
		{name: "file that is nowhere", files: keys("command = ['python', 'serve.py']"), want: "pyproject.toml:8: command: serve.py" + nowhere},
		{
			name: "module that only looks like one of a package", files: with(keys("command = ['wrapper-tools', 'web:app']"), "uv.lock", withLibrary, "library/pyproject.toml", libraryProject),
			want: "pyproject.toml:8: command: web" + nowhere,
		},
		{
			name: "module that is not Python", files: with(keys("command = ['uvicorn', 'web:app']"), "web.py", "app = (\n"),
			want: "web.py:1: web.py is not Python: '(' was never closed: correct the line",
		},
		{
			name: "module with an import that nothing copies", files: with(keys("command = ['uvicorn', 'web:app']"), "web.py", "import os\nimport helpers\napp = None\n", "helpers.py", "\n"),
			want: "web.py:2: helpers is imported here and is not in the function: helpers.py is in the repository, and nothing copies it: add include = [\"helpers.py\"] to [tool.uvlambda]",
		},
		{
			name: "includes to one place", files: with(keys("command = ['run.sh']\ninclude = [\n  { from = 'a', to = 'conf' },\n  { from = 'b', to = 'conf' },\n]"), "run.sh", "\n", "a", "\n", "b", "\n"),
			want: "pyproject.toml:11: a and b would both be copied to conf: give one of them another `to`",
		},
	})
	for _, command := range []string{"['uvicorn', '--factory']", "['sh', 'serve']", "['http://example.com:app']", "['uvicorn', 'wrapper_tools.web:app']"} {
		_, err := newPlan(contextOf(change(with(keys("command = "+command), "uv.lock", withLibrary, "library/pyproject.toml", libraryProject))), client{})
		require.NoError(t, err, "the words of %s may mean something else", command)
	}
}

// The files that a command may name are looked at, and its modules read.
func TestFilesOfCommands(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(map[string]string{
		"svc/pyproject.toml": "[project]\nname = 'api'\n[tool.uvlambda]\ncommand = ['serve.py', '/var/task/bin/run.sh', 'web:app']\ninclude = [{ from = 'code', to = 'web' }]\n",
	}), client{file: "svc/pyproject.toml"})
	require.NoError(t, err)
	read, stat := planner.IncludeFiles(in)
	assert.Equal(t, []string{"svc/serve.py", "svc/bin/run.sh", "svc/code"}, stat)
	assert.Equal(t, []string{"svc/code/__init__.py", "svc/code/__main__.py", "svc/code/__main__/__init__.py"}, read)
	assert.Equal(t, []string{"web.main", "web.__main__.main"}, planner.Handlers(in.Spec)[len(planner.Handlers(in.Spec))-2:])
}
