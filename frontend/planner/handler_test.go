package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

const (
	withLibrary = baseLock + `dependencies = [{ name = "library" }, { name = "wrapper-tools" }]

[[package]]
name = "library"
version = "1.0"
source = { editable = "library" }

[[package]]
name = "wrapper-tools"
version = "1.0"
source = { registry = "https://packages.example.com/simple" }
wheels = [{ url = "https://packages.example.com/wrapper_tools-1.0-py3-none-any.whl", hash = "sha256:00" }]
`
	libraryProject = "[project]\nname = \"library\"\n[build-system]\n"
	handlerCode    = "def handler(event, context): ...\n"
	runCode        = "def run(event, context): ...\n"
)

const packagedLock = "version = 1\n[[package]]\nname = 'api'\nsource = { editable = '.' }\n"

// uvBuild is a project that uv packages, with keys of [tool.uvlambda] and of the
// table of the build backend.
func uvBuild(own, backend string) string {
	return keys(own)["pyproject.toml"] + "[build-system]\nbuild-backend = 'uv_build'\n[tool.uv.build-backend]\n" + backend + "\n"
}

func TestHandler(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, keys string
		files      map[string]string
		cmd        string
		copies     []string
	}{
		{"usual name of the console", "", map[string]string{"lambda_function.py": "def lambda_handler(event, context): ...\n"},
			"lambda_function.lambda_handler", []string{"lambda_function.py -> lambda_function.py"}},
		{"usual name of the guide", "", map[string]string{"app.py": "", "app/__init__.py": "\n", "app/main.py": "handler = Mangum(app)\r\n"},
			"app.main.handler", []string{"app -> app"}},
		{"usual name, annotated", "", map[string]string{"app.py": "", "main.py": "handler: Handler = make()\n"},
			"main.handler", []string{"main.py -> main.py"}},
		{"usual name, imported", "", map[string]string{"app.py": "from impl import other, handler\n"},
			"app.handler", []string{"app.py -> app.py"}},
		{"usual name, asynchronous", "", map[string]string{"app.py": "", "handler/__init__.py": "async def handler(event, context): ...\n"},
			"handler.handler", []string{"handler -> handler"}},
		{"usual module without the function", "", map[string]string{"main.py": "def handlers(): ...\n  handler = 1\n"},
			"app.handler", []string{"app.py -> app.py"}},
		{"below src", "", map[string]string{"app.py": "", "src/app/main.py": handlerCode},
			"app.main.handler", []string{"src/app -> app"}},
		{"beside src first", "handler = 'main.handler'", map[string]string{"src/main.py": handlerCode, "main.py": handlerCode},
			"main.handler", []string{"main.py -> main.py"}},
		{"package beside a folder with the name of a module", "handler = 'main.handler'", map[string]string{"main.py/readme.txt": "\n", "main/__init__.py": handlerCode},
			"main.handler", []string{"main -> main"}},
		{"module before package", "handler = 'main.handler'", map[string]string{"main.py": handlerCode, "main/__init__.py": handlerCode},
			"main.handler", []string{"main.py -> main.py"}},
		{"folder of a keyword, with slashes", "handler = 'functions/lambda/main.run'", map[string]string{"functions/lambda/main.py": runCode},
			"functions/lambda/main.run", []string{"functions -> functions"}},
		{"folder with a hyphen", "handler = 'my-function.index.run'", map[string]string{"my-function/index.py": runCode},
			"my-function.index.run", []string{"my-function -> my-function"}},
		{"in a member", "handler = 'library.entry.handler'", map[string]string{
			"uv.lock": withLibrary, "library/pyproject.toml": libraryProject, "library/src/library/entry.py": handlerCode,
		}, "library.entry.handler", nil},
		{"in a third-party package", "handler = 'wrapper_tools.handler.wrap'\ninclude = ['app.py']", map[string]string{
			"uv.lock": withLibrary, "library/pyproject.toml": libraryProject,
		}, "wrapper_tools.handler.wrap", []string{"app.py -> app.py"}},
		{"in an included folder", "handler = 'fn.index.run'\ninclude = [{ from = 'code', to = 'fn' }]", map[string]string{"code/index.py": runCode},
			"fn.index.run", []string{"code -> fn"}},
		{"in an included file", "handler = 'fn.run'\ninclude = [{ from = 'code/index.py', to = 'fn.py' }]", map[string]string{"code/index.py": runCode},
			"fn.run", []string{"code/index.py -> fn.py"}},
		{"in what is included as the root", "handler = 'index.run'\ninclude = [{ from = 'code', to = '.' }]", map[string]string{"code/index.py": runCode},
			"index.run", []string{"code -> ."}},
		{"in an included folder, usual name", "include = ['app/']", map[string]string{"app.py": "", "app/main.py": handlerCode},
			"app.main.handler", []string{"app -> app"}},
		{"a file included as the root keeps its name", "handler = 'app.handler'\ninclude = [{ from = 'conf/a.toml', to = '.' }]", map[string]string{"conf/a.toml": "\n"},
			"app.handler", []string{"app.py -> app.py", "conf/a.toml -> a.toml"}},
		{"packaged project, module of its own name", "handler = 'api.handler'", map[string]string{
			"uv.lock": "version = 1\n[[package]]\nname = 'api'\nsource = { editable = '.' }\n", "api.py": handlerCode,
		}, "api.handler", nil},
		{"packaged project, in the root that its backend has", "handler = 'api.main.handler'", map[string]string{
			"uv.lock": packagedLock, "pyproject.toml": uvBuild("handler = 'api.main.handler'", "module-root = 'lib'"), "lib/api/main.py": handlerCode,
		}, "api.main.handler", nil},
		{"packaged project, module of another name below src", "", map[string]string{
			"uv.lock": packagedLock, "pyproject.toml": uvBuild("handler = 'web.main.handler'", ""), "src/web/main.py": handlerCode, "src/api/__init__.py": "\n",
		}, "web.main.handler", []string{"src/web -> web"}},
		{"packaged project whose package is src", "", map[string]string{
			"uv.lock": packagedLock, "pyproject.toml": keys("handler = 'main.handler'")["pyproject.toml"] +
				"[build-system]\nbuild-backend = 'hatchling.build'\n[tool.hatch.build.targets.wheel]\npackages = ['src']\n",
			"src/main.py": handlerCode,
		}, "main.handler", []string{"src/main.py -> main.py"}},
		{"packaged project, module beside the package", "handler = 'app.handler'", map[string]string{
			"uv.lock": "version = 1\n[[package]]\nname = 'api'\nsource = { editable = '.' }\n", "src/api/__init__.py": "\n",
		}, "app.handler", []string{"app.py -> app.py"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			files := keys(test.keys)
			for name, text := range test.files {
				files[name] = text
			}
			p, err := newPlan(contextOf(change(files)), client{})
			require.NoError(t, err)
			assert.Equal(t, []string{test.cmd}, p.Config.Cmd)
			assert.Equal(t, test.copies, copied(p))
		})
	}
}

func TestHandlerErrors(t *testing.T) {
	t.Parallel()
	const none = "pyproject.toml:7: no handler was found (looked for lambda_function.lambda_handler, app.main.handler, " +
		"main.handler, app.handler, handler.handler): set `handler = \"module.function\"` in [tool.uvlambda], or `command` for a web server"
	without := keys("")
	without["app.py"] = ""
	broken := keys("")
	broken["app.py"] = "x = 1\ndef handler(event, context:\n"
	unlike := keys("")
	unlike["app.py"] = "def handle(event, context): ...\n# handler = 1\n"
	checkMistakes(t, []mistake{
		{name: "no usual file", files: without, want: none},
		{name: "usual file without the function", files: unlike, want: none},
		{name: "usual file that is not Python", files: broken, want: "app.py:2: app.py is not Python: '(' was never closed: correct the line"},
		{
			name:  "module that is not Python",
			files: with(keys("handler = 'app.run'"), "app.py", "def run(event, context):\n\treturn 1\n        x\n"),
			want:  "app.py:3: app.py is not Python: tabs and spaces are mixed in the indentation: correct the line",
		},
		{
			name:  "function with another name",
			files: keys("handler = 'app.handlr'"),
			want:  "pyproject.toml:8: app.py defines no handlr: did you mean handler?",
		},
		{
			name:  "function that is nowhere, in an archive",
			files: keys("handler = 'app.main'"), client: client{target: "zip"},
			want: "pyproject.toml:8: app.py defines no main: define it there, or correct the handler",
		},
		{
			name:  "name that is deleted",
			files: with(keys("handler = 'app.run'"), "app.py", "run = 1\ndel run\n"),
			want:  "pyproject.toml:8: app.py defines no run: define it there, or correct the handler",
		},
		{
			name:  "name of a file",
			files: keys("handler = 'app.py.handler'"),
			want:  `pyproject.toml:8: handler "app.py.handler" has the name of a file in it, and Lambda wants the module's: leave out .py, as in "app.handler"`,
		},
		{
			name:  "missing module",
			files: keys("handler = 'functions.main.run'"),
			want: `pyproject.toml:8: handler "functions.main.run": its module is not in the build context: there is no functions/main.py, ` +
				"functions/main/__init__.py, src/functions/main.py, src/functions/main/__init__.py; create it, correct the handler, " +
				"or copy it with `include` (and check that .dockerignore does not hide it)",
		},
	})
}

func TestHandlerFiles(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{
		"a/app/main.py", "a/app/main/__init__.py", "a/src/app/main.py", "a/src/app/main/__init__.py",
	}, planner.HandlerFiles([]string{"app.main.run"}, planner.SourceRoots("a", nil)...))
	assert.Len(t, planner.HandlerFiles(planner.UsualHandlers(), planner.SourceRoots(".", nil)...), 5*4)
}

// A handler in a wheel is looked for once that is installed, and what is missing then
// is explained.
func TestHandlerOfAPackage(t *testing.T) {
	t.Parallel()
	packaged := map[string]string{"uv.lock": packagedLock, "src/api/main.py": handlerCode, "src/api/__init__.py": "\n", "app.py": ""}
	library := map[string]string{"uv.lock": withLibrary, "library/pyproject.toml": libraryProject, "library/src/library/entry.py": handlerCode}
	for name, tt := range map[string]struct {
		files  map[string]string
		client client
		module string
		want   string
	}{
		"the project's": {
			with(packaged, "pyproject.toml", uvBuild("handler = 'api.main.handler'", "")), client{}, "api/main",
			`pyproject.toml:8: handler "api.main.handler": the wheel that is built of the context's root does not hold src/api/main.py: ` +
				`have its build backend include the file, or add include = [{ from = "src/api", to = "api" }] to [tool.uvlambda]`,
		},
		"a member's": {
			with(keys("handler = 'library.entry.handler'"), "uv.lock", library["uv.lock"], "library/pyproject.toml", libraryProject, "library/src/library/entry.py", handlerCode), client{}, "library/entry",
			`pyproject.toml:8: handler "library.entry.handler": the wheel that is built of library/ does not hold library/src/library/entry.py: ` +
				`have its build backend include the file, or add include = [{ from = "library/src/library", to = "library" }] to [tool.uvlambda]`,
		},
		"from elsewhere": {
			with(keys("handler = 'wrapper_tools.handler.wrap'"), "uv.lock", library["uv.lock"], "library/pyproject.toml", libraryProject), client{}, "wrapper_tools/handler",
			`pyproject.toml:8: handler "wrapper_tools.handler.wrap": no installed package has the module wrapper_tools.handler: correct the handler`,
		},
		"from elsewhere, in an archive without packages": {
			with(keys("handler = 'wrapper_tools.handler.wrap'"), "uv.lock", library["uv.lock"], "library/pyproject.toml", libraryProject), client{target: "app"}, "", "",
		},
		"of the application": {keys("handler = 'app.handler'"), client{}, "", ""},
		"of no function": {
			with(keys("handler = 'library.entry.handler'"), "uv.lock", library["uv.lock"], "library/pyproject.toml", libraryProject, "library/src/library/entry.py", handlerCode), client{target: "layer"}, "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := newInput(contextOf(change(tt.files)), tt.client)
			require.NoError(t, err)
			decided := decideAll(t, in)
			assert.Equal(t, tt.module, decided.HandlerModule)
			assert.Equal(t, tt.module != "", decided.Unverified())
			if tt.want != "" {
				require.EqualError(t, decided.HandlerMissing(), tt.want)
				requireLocated(t, decided.HandlerMissing())
			}
		})
	}
	in, err := newInput(contextOf(change(map[string]string{"uv.lock": withLibrary, "library/pyproject.toml": libraryProject, "app.py": importing("import nowhere")})), client{})
	require.NoError(t, err)
	readImports(in)
	assert.True(t, decideAll(t, in).Unverified(), "a package may have the import")
}

// What is read before the decision is what the decision looks at.
func TestFilesOfHandlers(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(map[string]string{
		"svc/pyproject.toml": "[project]\nname = 'svc'\n[tool.uvlambda]\nhandler = 'fn.index.run'\ninclude = [{ from = 'code', to = 'fn' }, 'conf', '../../above', '../shared']\n",
		"pyproject.toml":     "[tool.uv.workspace]\nmembers = ['*']\n",
		"uv.lock": "version = 1\n[[package]]\nname = 'svc'\nsource = { virtual = 'svc' }\n[[package]]\nname = 'library'\nsource = { editable = 'library' }\n" +
			"[[package]]\nname = 'elsewhere'\nsource = { editable = '../elsewhere' }\n",
		"library/pyproject.toml": uvBuild("", "module-root = 'lib'"),
	}), client{file: "svc/pyproject.toml"})
	require.NoError(t, err)
	read, stat := planner.IncludeFiles(in)
	assert.Equal(t, []string{"svc/code/index.py", "svc/code/index/__init__.py"}, read)
	assert.Equal(t, []string{"svc/code", "svc/conf", "shared"}, stat)
	handlers := planner.Handlers(in.Spec)
	assert.Equal(t, []string{"fn.index.run"}, handlers)
	assert.Equal(t, []string{"svc/fn/index.py", "svc/fn/index/__init__.py", "svc/src/fn/index.py", "svc/src/fn/index/__init__.py"}, in.Workspace.HandlerFiles(handlers))
	assert.Equal(t, []string{
		"svc/fn/index.py", "svc/fn/index/__init__.py", "svc/src/fn/index.py", "svc/src/fn/index/__init__.py",
		"library/fn/index.py", "library/fn/index/__init__.py", "library/src/fn/index.py", "library/src/fn/index/__init__.py", "library/lib/fn/index.py", "library/lib/fn/index/__init__.py",
	}, in.Workspace.MemberHandlerFiles(handlers))
	in.Workspace.Lock = nil
	assert.Empty(t, in.Workspace.MemberHandlerFiles(handlers))
}
