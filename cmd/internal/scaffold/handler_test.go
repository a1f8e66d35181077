package scaffold

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// folder is a project's folder of modules.
func folder(modules map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range modules {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

const lambdaCode = "def handler(event, context): ...\n"

func TestFindHandler(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		modules map[string]string
		want    string
	}{
		"usual name":                     {map[string]string{"app/main.py": "handler = Mangum(app)\n", "other.py": lambdaCode}, "app.main.handler"},
		"usual name in the package":      {map[string]string{"src/my_shop/main.py": lambdaCode, "src/my_shop/x.py": lambdaCode}, "my_shop.main.handler"},
		"package beside":                 {map[string]string{"my_shop/app.py": lambdaCode}, "my_shop.app.handler"},
		"other module":                   {map[string]string{"main.py": "def main(): ...\n", "jobs/nightly.py": "async def lambda_handler(e, c): ...\n"}, "jobs.nightly.lambda_handler"},
		"other module below src":         {map[string]string{"src/my_shop/api.py": lambdaCode}, "my_shop.api.handler"},
		"package that imports its own":   {map[string]string{"api/__init__.py": "from api.entry import handler\n", "api/entry.py": lambdaCode}, "api.entry.handler"},
		"package itself":                 {map[string]string{"src/my_shop/__init__.py": lambdaCode}, "my_shop.handler"},
		"not in tests, nor environments": {map[string]string{"tests/test_a.py": lambdaCode, ".venv/x.py": lambdaCode, "env/pyvenv.cfg": "", "env/x.py": lambdaCode, "lib/pyproject.toml": "", "lib/x.py": lambdaCode, "a.py": lambdaCode}, "a.handler"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := findHandler(folder(test.modules), packageOf("My-Shop"))
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestFindNoHandler(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		modules map[string]string
		want    string
	}{
		"several": {map[string]string{"a.py": lambdaCode, "b.py": lambdaCode + "lambda_handler = handler\n"}, "several functions could be the handler: name one with --handler: a.handler, b.handler, b.lambda_handler"},
		"none":    {map[string]string{"main.py": "def main(): ...\n"}, "no handler was found: name it with --handler MODULE.FUNCTION, or write a minimal one to lambda_function.py with --new-handler"},
		"none in a package": {map[string]string{"src/my_shop/__init__.py": ""},
			"no handler was found: name it with --handler MODULE.FUNCTION, or write a minimal one to src/my_shop/lambda_function.py with --new-handler"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := findHandler(folder(test.modules), packageOf("my.shop"))
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestNewHandler(t *testing.T) {
	t.Parallel()
	own, err := project.ParsePyproject(parse(t, "[project]\nname = 'shop'\ndependencies = [\"watch-tools[x]>=2; python_version > '3'\", 'b@ https://example.com/b.whl']\n"))
	require.NoError(t, err)
	modules := folder(map[string]string{"main.py": "", "src/shop/__init__.py": "", "app/__init__.py": ""})
	tests := map[string]struct{ handler, file string }{
		"module beside":             {"run.handler", "run.py"},
		"module in a folder":        {"app/main.handler", "app/main.py"},
		"module of the package":     {"shop.api.entry.handler", "src/shop/api/entry.py"},
		"module that is there":      {"main.handler", ""},
		"module of a dependency":    {"watch_tools.wrap.handler", ""},
		"module of another, by URL": {"b.handler", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, text := newHandler(own, modules, test.handler)
			assert.Equal(t, test.file, file)
			if test.file == "" {
				assert.Empty(t, text)
				return
			}
			assert.Equal(t, "def handler(event, context):\n    return {\"statusCode\": 200, \"body\": \"Hello from shop!\"}\n", text)
		})
	}
}
