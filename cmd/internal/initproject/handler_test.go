package initproject

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

func TestNewHandler(t *testing.T) {
	t.Parallel()
	own, err := project.ParsePyproject(parse(t, "[project]\nname = 'shop'\ndependencies = [\"watch-tools[x]>=2; python_version > '3'\", 'b@ https://example.com/b.whl']\n"))
	require.NoError(t, err)
	modules := folder(map[string]string{"main.py": "", "src/shop/__init__.py": "", "app/__init__.py": ""})
	known, err := readSources(modules)
	require.NoError(t, err)
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
			file, text := newHandler(own, known, modules, test.handler)
			assert.Equal(t, test.file, file)
			if test.file == "" {
				assert.Empty(t, text)
				return
			}
			assert.Equal(t, "def handler(event, context):\n    return {\"statusCode\": 200, \"body\": \"Hello from shop!\"}\n", text)
		})
	}
}
