package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// TestExclude translates the patterns of the build file's folder to each of the
// folders that are copied.
func TestExclude(t *testing.T) {
	t.Parallel()
	contents := base()
	delete(contents, "app.py")
	for _, name := range []string{"app/__init__.py", "templates/x.html", "data[1].json", "data.json"} {
		contents[name] = ""
	}
	contents["app/__init__.py"] = handlerCode
	contents["pyproject.toml"] += `include = ["templates", "data[1].json", "data.json"]
exclude = ["**/app/drafts", "/templates/drafts/", "**.txt", "da**", "templates", "!app/drafts/[a-c]"]
`
	p, err := newPlan(contextOf(contents), client{})
	require.NoError(t, err)
	excludes := map[string][]string{}
	for _, c := range plan.First[plan.App](p).Copies {
		excludes[c.From] = c.Exclude
	}
	assert.Equal(t, map[string][]string{
		"app":          {"**/__pycache__", "**/*.pyc", "**/app/drafts", "drafts", "**/*.txt", "!drafts/[a-c]", "!drafts/[a-c]/**"},
		"templates":    {"**/__pycache__", "**/*.pyc", "**/app/drafts", "drafts", "**/*.txt"},
		"data[1].json": {"**/__pycache__", "**/*.pyc"},
		"data.json":    {"**/__pycache__", "**/*.pyc"},
	}, excludes)
}

// What an include finds above the build file is copied by its own name, unless
// it says where to.
func TestIncludesAboveTheBuildFile(t *testing.T) {
	t.Parallel()
	build := func(handler, include string) map[string]string {
		return map[string]string{
			"functions/report/pyproject.toml": "[project]\nname = 'api'\n[tool.uvlambda]\nhandler = '" + handler + "'\ninclude = [" + include + "]\n",
			"functions/report/uv.lock":        baseLock,
			"functions/report/app.py":         "def handler(event, context): ...\n",
			"functions/report/data/x.json":    "{}",
			"utils/utils.py":                  "def handler(event, context): ...\n",
			"shared/templates/x.html":         "x",
		}
	}
	for name, tt := range map[string]struct {
		handler, include string
		want             []string
	}{
		"file":            {"app.handler", "'../../utils/utils.py'", []string{"functions/report/app.py -> app.py", "utils/utils.py -> utils.py"}},
		"folder":          {"app.handler", "'../../shared/templates'", []string{"functions/report/app.py -> app.py", "shared/templates -> templates"}},
		"elsewhere":       {"app.handler", "{ from = '../../utils/utils.py', to = 'lib/u.py' }", []string{"functions/report/app.py -> app.py", "utils/utils.py -> lib/u.py"}},
		"the context":     {"app.handler", "{ from = '../..', to = 'all' }", []string{". -> all", "functions/report/app.py -> app.py"}},
		"there and back":  {"app.handler", "'../report/data'", []string{"functions/report/app.py -> app.py", "functions/report/data -> data"}},
		"handler's":       {"utils.handler", "'../../utils/utils.py'", []string{"utils/utils.py -> utils.py"}},
		"handler's, root": {"utils.handler", "{ from = '../../utils', to = '.' }", []string{"utils -> ."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlan(contextOf(build(tt.handler, tt.include)), client{file: "functions/report/pyproject.toml"})
			require.NoError(t, err)
			assert.Equal(t, tt.want, copied(p))
		})
	}
}

func TestIncludeErrors(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name:  "missing",
			files: keys("handler = 'app.handler'\ninclude = [\n  'app.py',\n  'templates/',\n]"),
			want: `pyproject.toml:11: include "templates" is not in the build context: correct the path (it is relative to the context's root), ` +
				"and check that .dockerignore does not hide it",
		},
		{
			name:  "missing, with a backslash",
			files: keys("handler = 'app.handler'\ninclude = ['site\\templates']"),
			want:  `pyproject.toml:9: include "site\\templates" is not in the build context: separate folders with /`,
		},
		{
			name:  "several missing",
			files: keys("handler = 'app.handler'\ninclude = [\n  'a',\n  { from = 'b', to = 'c' },\n]"),
			want: `pyproject.toml:10: include "a" is not in the build context: correct the path (it is relative to the context's root), ` +
				"and check that .dockerignore does not hide it\n" +
				`pyproject.toml:11: include "b" is not in the build context: correct the path (it is relative to the context's root), ` +
				"and check that .dockerignore does not hide it",
		},
		{
			name:   "missing, of a member",
			client: client{file: "orders/pyproject.toml"},
			files: map[string]string{
				"pyproject.toml":        "[tool.uv.workspace]\nmembers = ['orders']\n",
				"orders/pyproject.toml": "[project]\nname = 'orders'\n[tool.uvlambda]\ninclude = ['app.py']\n",
				"uv.lock":               baseLock + "[[package]]\nname = 'orders'\nsource = { virtual = 'orders' }\n",
			},
			want: `orders/pyproject.toml:4: include "app.py" is not in the build context: correct the path (it is relative to orders/), ` +
				"and check that .dockerignore does not hide it",
		},
		{
			name:   "out of the context",
			client: client{file: "fn/pyproject.toml"},
			files: map[string]string{
				"fn/pyproject.toml": "[project]\nname = 'api'\n[tool.uvlambda]\nhandler = 'app.handler'\ninclude = [\n  '../../shared/utils.py',\n  { from = '../..', to = 'all' },\n]\n",
				"fn/uv.lock":        baseLock, "fn/app.py": "def handler(event, context): ...\n",
			},
			want: `fn/pyproject.toml:6: include "../../shared/utils.py" leads out of the build context: build with a context that holds it and -f for this build file, or copy the files into the context` + "\n" +
				`fn/pyproject.toml:7: include "../.." leads out of the build context: build with a context that holds it and -f for this build file, or copy the files into the context`,
		},
		{
			name:  "link out of the context",
			files: keys("handler = 'app.handler'\ninclude = ['shared']"),
			links: map[string]string{"shared": "../shared"},
			want: `pyproject.toml:9: include "shared" is a symbolic link to ../shared, outside of the build context: ` +
				"copy the files into the context",
		},
		{
			name: "two to one place",
			files: func() map[string]string {
				files := keys("handler = 'app.handler'\ninclude = [\n  { from = 'a', to = 'conf' },\n  { from = 'b', to = './conf/' },\n]")
				files["a/x"], files["b/x"] = "x", "x"
				return files
			}(),
			want: "pyproject.toml:11: a and b would both be copied to conf: give one of them another `to`",
		},
	})
}
