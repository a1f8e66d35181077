package planner_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// ignoring is the input of a context whose .dockerignore is this text. All files of
// the context are looked at, so that those that it hides are known.
func ignoring(t *testing.T, contents map[string]string, ignore string, c client) planner.Input {
	t.Helper()
	in, err := newInput(contextOf(contents), c)
	require.NoError(t, err)
	patterns, err := ignorefile.ReadAll(strings.NewReader(ignore))
	require.NoError(t, err)
	w := in.Workspace
	w.Ignored = planner.IgnoreFile{Patterns: patterns, Name: ".dockerignore", Data: []byte(ignore)}
	hides, err := files.NewIgnore(patterns)
	require.NoError(t, err)
	for name, e := range w.Files {
		hidden, err := hides.Hides(name)
		require.NoError(t, err)
		if hidden {
			w.Files[name] = files.Entry{Kind: files.Hidden, Data: e.Data}
		}
	}
	require.NoError(t, planner.MarkEmptied(in))
	return in
}

// built is the base with a member that has a build backend, more lines of its
// project and these files.
func built(backend, project string, contents map[string]string) map[string]string {
	files := change(libraryIn("library", "'x'", backend, ""))
	files["library/pyproject.toml"] = "[project]\nname = 'library'\nversion = '1.0'\n" + project + "\n[build-system]\nbuild-backend = '" + backend + "'\n"
	maps.Copy(files, contents)
	return files
}

// A file that the build needs and that .dockerignore hides is a mistake of that
// file: its line is named, and what takes the file back.
func TestHiddenFiles(t *testing.T) {
	t.Parallel()
	remove := func(name string) string { return ": remove it, or add the line !" + name + " at the end" }
	const wheel = "wheels/numbers-1.0-py3-none-any.whl"
	packaged := change(map[string]string{"pyproject.toml": uvBuild("handler = 'api.main.handler'", ""), "uv.lock": packagedLock, "src/api/main.py": handlerCode, "src/api/__init__.py": "\n", "app.py": ""})
	svc := map[string]string{"svc/pyproject.toml": "[project]\nname = 'api'\n[tool.uvlambda]\nhandler = 'app.handler'\n", "svc/uv.lock": baseLock, "svc/app.py": handlerCode}
	tests := []struct {
		name   string
		files  map[string]string
		ignore string
		client client
		want   string
	}{
		{"the lock", base(), "*.lock\n", client{}, `.dockerignore:1: "*.lock" hides uv.lock, which the build needs` + remove("uv.lock")},
		{"the project", base(), "# none\n*.toml\n", client{}, `.dockerignore:2: "*.toml" hides pyproject.toml, which the build needs` + remove("pyproject.toml")},
		{"both", base(), "*.toml\n*.lock\n", client{}, `.dockerignore:2: "*.lock" hides uv.lock, which the build needs` + remove("uv.lock") + "\n" + `.dockerignore:1: "*.toml" hides pyproject.toml, which the build needs` + remove("pyproject.toml")},
		{"the folder of both", svc, "svc\n", client{file: "svc/pyproject.toml"}, `.dockerignore:1: "svc" hides svc, which the build needs` + remove("svc")},
		{"the package's project", shop("[tool.uv.workspace]\nmembers = ['orders']\n[tool.uvlambda]\npackage = 'orders'\n"), "orders\n", client{}, `.dockerignore:1: "orders" hides orders, which the build needs` + remove("orders")},

		{"the handler's module", base(), "app.py\n", client{}, `.dockerignore:1: "app.py" hides app.py, the module of the handler app.handler` + remove("app.py")},
		{"the module of a usual handler", change(keys("")), "*.py\n", client{}, `.dockerignore:1: "*.py" hides app.py, the module of the handler app.handler` + remove("app.py")},
		{"a module without the usual function", change(with(keys(""), "app.py", "x = 1\n")), "*.py\n", client{}, "pyproject.toml:7: no handler was found (looked for lambda_function.lambda_handler, app.main.handler, main.handler, app.handler, handler.handler): " +
			"set `handler = \"module.function\"` in [tool.uvlambda], or `command` for a web server"},
		{"the handler's package", change(with(keys("handler = 'app.main.handler'"), "app.py", "", "app/main.py", handlerCode)), "app\n", client{}, `.dockerignore:1: "app" hides app, the module of the handler app.main.handler` + remove("app")},
		{"all of the handler's package", change(with(keys("handler = 'app.main.handler'"), "app.py", "", "app/main.py", handlerCode)), "app/*\n", client{}, `.dockerignore:1: "app/*" hides app/*, the module of the handler app.main.handler` + remove("app/*")},
		{"one module of the handler's package", change(with(keys("handler = 'app.main.handler'"), "app.py", "", "app/main.py", handlerCode)), "app/main.py\n", client{}, `.dockerignore:1: "app/main.py" hides app/main.py, the module of the handler app.main.handler` + remove("app/main.py")},
		{"the source root of the handler", change(with(keys("handler = 'app.main.handler'"), "app.py", "", "src/app/main.py", handlerCode)), "src\n", client{}, `.dockerignore:1: "src" hides src, the module of the handler app.main.handler` + remove("src")},
		{"an included module", change(with(keys("handler = 'index.run'\ninclude = [{ from = 'code', to = '.' }]"), "code/index.py", runCode, "code/other.py", "\n")), "**/index.py\n", client{}, `.dockerignore:1: "**/index.py" hides code/index.py, the module of the handler index.run` + remove("code/index.py")},

		{"an include", change(with(keys("handler = 'app.handler'\ninclude = ['conf']"), "conf/a.toml", "\n")), "conf\n", client{}, `.dockerignore:1: "conf" hides conf, which is named by include` + remove("conf")},
		{"all of an include", change(with(keys("handler = 'app.handler'\ninclude = ['conf']"), "conf/a.toml", "\n")), "conf/**\n", client{}, `.dockerignore:1: "conf/**" hides conf/*, which is named by include` + remove("conf/*")},
		{"a part of an include", change(with(keys("handler = 'app.handler'\ninclude = ['conf']"), "conf/a.toml", "\n", "conf/b.toml", "\n")), "conf/a.toml\n", client{}, ""},

		{"a package", built("hatchling.build", "", map[string]string{"library/src/library/__init__.py": "\n"}), "library\n", client{}, `.dockerignore:1: "library" hides library, the package library, which api needs` + remove("library")},
		{"the packaged project", packaged, "src\n", client{}, `.dockerignore:1: "src" hides src, the module api of the package api` + remove("src") + "\n" + `.dockerignore:1: "src" hides src, the module of the handler api.main.handler` + remove("src")},
		{"a package's module", built("hatchling.build", "", map[string]string{"library/src/library/__init__.py": "\n"}), "**/library/__init__.py\n", client{}, `.dockerignore:1: "**/library/__init__.py" hides library/src/library/__init__.py, the module library of the package library` + remove("library/src/library/__init__.py")},
		{"a package's single module", built("hatchling.build", "", map[string]string{"library/library.py": "\n"}), "**/library.py\n", client{}, `.dockerignore:1: "**/library.py" hides library/library.py, the module library of the package library` + remove("library/library.py")},
		{"one of a package's two places", built("hatchling.build", "", map[string]string{"library/library.py": "\n", "library/src/library/__init__.py": "\n"}), "**/library.py\n", client{}, ""},
		{"a script with a package's name", built("hatchling.build", "", map[string]string{"library/library.py": "\n", "library/pyproject.toml": "[project]\nname = 'library'\nversion = '1.0'\n[build-system]\nbuild-backend = 'hatchling.build'\n[tool.hatch.build]\npackages = ['x']\n"}), "**/library.py\n", client{}, ""},
		{"setup.cfg", built("setuptools.build_meta", "", map[string]string{"library/setup.cfg": "\n", "library/library.py": "\n"}), "**/setup.cfg\n", client{}, `.dockerignore:1: "**/setup.cfg" hides library/setup.cfg, which library is built by` + remove("library/setup.cfg")},
		{"setup.cfg of another backend", built("hatchling.build", "", map[string]string{"library/setup.cfg": "\n", "library/library.py": "\n"}), "**/setup.cfg\n", client{}, ""},
		{"a readme", built("hatchling.build", "readme = 'README.md'", map[string]string{"library/library.py": "\n", "library/README.md": "\n"}), "**/*.md\n", client{}, `.dockerignore:1: "**/*.md" hides library/README.md, the readme of library, which its build backend hatchling.build wants` + remove("library/README.md")},
		{"a readme in a table", built("flit_core.buildapi", "readme = { file = 'docs/a.md', content-type = 'text/plain' }", map[string]string{"library/library.py": "\n", "library/docs/a.md": "\n"}), "**/*.md\n", client{}, `.dockerignore:1: "**/*.md" hides library/docs/a.md, the readme of library, which its build backend flit_core.buildapi wants` + remove("library/docs/a.md")},
		{"a readme that is not wanted", built("setuptools.build_meta", "readme = 'README.md'", map[string]string{"library/library.py": "\n", "library/README.md": "\n"}), "**/*.md\n", client{}, ""},
		{"a licence", built("uv_build", "license-files = ['LICENCE', 'more/*.txt']\nlicense = { file = 'COPYING' }", map[string]string{"library/library.py": "\n", "library/LICENCE": "\n", "library/COPYING": "\n"}), "**/LICENCE\n**/COPYING\n", client{},
			`.dockerignore:2: "**/COPYING" hides library/COPYING, the license of library, which its build backend uv_build wants` + remove("library/COPYING") + "\n" +
				`.dockerignore:1: "**/LICENCE" hides library/LICENCE, the license-files of library, which its build backend uv_build wants` + remove("library/LICENCE")},
		{"licences that are patterns", built("hatchling.build", "license-files = ['LICENCE']", map[string]string{"library/library.py": "\n", "library/LICENCE": "\n"}), "**/LICENCE\n", client{}, ""},

		{"a wheel", change(map[string]string{"uv.lock": locked("numbers", "source = { path = '"+wheel+"' }\nwheels = [{ filename = 'numbers-1.0-py3-none-any.whl' }]"), wheel: "x"}), "*\n!app.py\n!pyproject.toml\n!uv.lock\n", client{}, `.dockerignore:1: "*" hides ` + wheel + `, the package numbers` + remove(wheel)},
		{"an sdist that the check reads", change(map[string]string{"uv.lock": baseLock + "[[package]]\nname = 'numbers'\nversion = '1.0'\nsource = { path = 'numbers.tar.gz' }\n", "numbers.tar.gz": "x"}), "*.gz\n", client{}, `.dockerignore:1: "*.gz" hides numbers.tar.gz, which uv reads to check uv.lock` + remove("numbers.tar.gz")},
		{"a project that the check builds", change(map[string]string{"uv.lock": baseLock + "[[package]]\nname = 'library'\nsource = { editable = 'library' }\n", "library/setup.py": "\n", "library/setup.cfg": "\n"}), "**/setup.py\n", client{},
			`.dockerignore:1: "**/setup.py" hides library/setup.py, the package library, which uv builds to check uv.lock, since its dependencies are dynamic` + remove("library/setup.py")},

		{"an event", change(tested("events = ['events/*.json']", map[string]string{"events/a.json": "{}"})), "events/a.json\n", client{target: "test"}, `.dockerignore:1: "events/a.json" hides events/a.json, an event of the test` + remove("events/a.json")},
		{"all events", change(tested("events = ['events/*.json']", map[string]string{"events/a.json": "{}"})), "events\n", client{target: "test"}, `.dockerignore:1: "events" hides events, an event of the test` + remove("events")},
		{"all in the folder of events", change(tested("events = ['events/*.json']", map[string]string{"events/a.json": "{}"})), "events/*\n", client{target: "test"}, `.dockerignore:1: "events/*" hides events/*, an event of the test` + remove("events/*")},
		{"one event of two", change(tested("events = ['events/*.json']", map[string]string{"events/a.json": "{}", "events/b.json": "{}"})), "events/a.json\n", client{target: "test"}, ""},
		{"the event of a response", change(tested("events = ['*.json']", map[string]string{"a.json": "{}", "b.json": "{}", "b.response.json": "{}"})), "b.json\n", client{target: "test"}, `.dockerignore:1: "b.json" hides b.json, an event of the test` + remove("b.json")},
		{"another event than the response's", change(tested("events = ['*.json']", map[string]string{"a.json": "{}", "c.response.json": "{}"})), "a.json\n", client{target: "test"},
			`pyproject.toml:10: events "*.json": c.response.json is the response to no event: name it after one, or remove it`},
		{"the response of an event", change(tested("events = ['a.json']", map[string]string{"a.json": "{}", "a.response.json": "{}"})), "*.response.json\n", client{target: "test"},
			`.dockerignore:1: "*.response.json" hides a.response.json, the response expected to a.json` + remove("a.response.json")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := ignoring(t, tt.files, tt.ignore, tt.client)
			_, err := planner.Decide(in)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
			requireLocated(t, err)
		})
	}
}

// Patterns of another builder have no file: what they hide is named all the same.
func TestHidingWithoutAFile(t *testing.T) {
	t.Parallel()
	in := ignoring(t, base(), "*.lock\n", client{})
	in.Workspace.Ignored.Name, in.Workspace.Ignored.Data = "", nil
	_, err := planner.Decide(in)
	require.EqualError(t, err, `"*.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock at the end`)
}

// What an ignore file hides is looked for only where the plan depends on it, and a
// build without such a pattern looks for nothing.
func TestUnseen(t *testing.T) {
	t.Parallel()
	const wheel = "wheels/numbers-1.0-py3-none-any.whl"
	contents := change(map[string]string{
		"pyproject.toml": baseProject + "[tool.uvlambda]\nhandler = 'app.handler'\ninclude = ['conf', 'run.sh', '../above']\n",
		"uv.lock": baseLock + "dependencies = [{ name = 'big-library' }]\n" +
			"[[package]]\nname = 'big-library'\nversion = '1.0'\nsource = { editable = 'library' }\n" +
			"[[package]]\nname = 'tool'\nsource = { virtual = 'tool' }\n" +
			"[[package]]\nname = 'elsewhere'\nsource = { editable = '../elsewhere' }\n" +
			"[[package]]\nname = 'numbers'\nversion = '1.0'\nsource = { path = '" + wheel + "' }\n",
		"library/pyproject.toml": "[project]\nname = 'big-library'\nversion = '1.0'\nreadme = 'README.md'\nlicense-files = ['LICEN[CS]E', 'COPYING']\n[build-system]\nbuild-backend = 'hatchling.build'\n",
		"tool/pyproject.toml":    "[project]\nname = 'tool'\nreadme = 'README.md'\n",
	})
	modules := []string{
		"library/big_library", "library/big_library.py", "library/big_library/__init__.py",
		"library/src/big_library", "library/src/big_library.py", "library/src/big_library/__init__.py",
	}
	for ignore, want := range map[string][]string{
		"docs\n":                             nil,
		"tool/big_library\n":                 nil,
		"run.sh\n":                           {"run.sh"},
		"conf\n":                             {"conf"},
		"wheels\n":                           {wheel},
		"**/README.md\n":                     {"library/README.md"},
		"**/COPYING\n":                       {"library/COPYING"},
		"**/big_library.py\n":                modules,
		"**/big_library/__init__.py\n":       modules,
		"**/src\n":                           modules,
		"library\n!library/pyproject.toml\n": append([]string{"library/COPYING", "library/README.md"}, modules...),
		"library/**\n":                       nil,
		"library\n":                          nil,
		"**/src\n!library/src/big_library\n": append([]string{}, modules...),
		"**/src\n!library/src\n":             nil,
		"conf\nrun.sh\n**/*.md\n!**/*.md\n":  {"conf", "run.sh"},
	} {
		in := ignoring(t, contents, ignore, client{})
		unseen, err := planner.Unseen(in)
		require.NoError(t, err, ignore)
		slices.Sort(want)
		assert.Equal(t, want, unseen, ignore)
	}

	in := ignoring(t, contents, "conf\n", client{})
	in.Workspace.Files["conf"] = files.Entry{Kind: files.Hidden}
	unseen, err := planner.Unseen(in)
	require.NoError(t, err)
	assert.Empty(t, unseen, "it was looked at")

	delete(contents, "uv.lock")
	unseen, err = planner.Unseen(ignoring(t, contents, "**/src\nrun.sh\n", client{}))
	require.NoError(t, err)
	assert.Equal(t, []string{"run.sh"}, unseen, "without a lock nothing is built")

	in.Workspace.Ignored.Patterns = []string{"[a"}
	_, err = planner.Unseen(in)
	require.Error(t, err)
}

// A folder of which nothing is sent is known to be empty, and others are not.
func TestMarkEmptied(t *testing.T) {
	t.Parallel()
	contents := change(with(keys("handler = 'app.handler'\ninclude = ['conf', 'run.sh', { from = '.', to = 'all' }, 'gone']"), "conf/a.toml", "\n", "run.sh", "\n"))
	for ignore, want := range map[string][]string{
		"conf/*\n":               {"conf/*"},
		"**/*.toml\n":            nil,
		"conf/*\n!conf/b.toml\n": nil,
		"gone/*\nrun.sh/*\n":     nil,
		"*\n!pyproject.toml\n!app.py\n!uv.lock\n!run.sh\n": nil,
	} {
		in := ignoring(t, contents, ignore, client{})
		var marked []string
		for name, e := range in.Workspace.Files {
			if strings.HasSuffix(name, "/*") {
				assert.Equal(t, files.Entry{Kind: files.Hidden}, e)
				marked = append(marked, name)
			}
		}
		assert.Equal(t, want, marked, ignore)
	}
	in := ignoring(t, contents, "", client{})
	in.Workspace.Ignored.Patterns = []string{"[a"}
	require.Error(t, planner.MarkEmptied(in))
}

// The files that the plan needs of the ones that are hidden, and that a build only
// reads, are given to it.
func TestHiddenFilesOfTheCheck(t *testing.T) {
	t.Parallel()
	contents := change(map[string]string{
		"uv.lock":                baseLock + "[[package]]\nname = 'library'\nversion = '1.0'\nsource = { editable = 'library' }\n",
		"library/pyproject.toml": "[project]\nname = 'library'\nversion = '1.0'\n",
	})
	p, err := planned(ignoring(t, contents, "library\n", client{}))
	require.NoError(t, err)
	assert.Equal(t, []plan.File{{Path: "library/pyproject.toml", Content: contents["library/pyproject.toml"]}}, plan.First[plan.LockCheck](p).Hidden)
	p, err = planned(ignoring(t, contents, "docs\n", client{}))
	require.NoError(t, err)
	assert.Empty(t, plan.First[plan.LockCheck](p).Hidden)
}

// Ignore files of a build file count before the context's.
func TestIgnoreFiles(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"svc/fn.toml.dockerignore", ".dockerignore"}, planner.IgnoreFiles("svc/fn.toml"))
	for name, want := range map[string]bool{".gitignore": true, "a/b/.hgignore": true, ".dockerignore": false, "a.gitignore": false} {
		assert.Equal(t, want, planner.IsIgnoreFile(name), name)
	}
}
