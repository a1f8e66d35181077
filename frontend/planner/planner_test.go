package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlatformErrors(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name: "system", client: client{platform: "windows/amd64"},
			want: "pyproject.toml:7: platform windows/amd64 is not one of Lambda's: use --platform linux/amd64 or linux/arm64",
		},
		{
			name: "architecture", client: client{platform: "linux/riscv64"}, files: keys("architecture = 'arm64'"),
			want: "pyproject.toml:8: platform linux/riscv64 is not one of Lambda's: use --platform linux/amd64 or linux/arm64",
		},
	})
}

// TestAllMistakesAtOnce checks that independent mistakes are told together.
func TestAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{{
		name: "each step's",
		files: map[string]string{
			"pyproject.toml": baseProject + "[tool.uvlambda]\nhandler = 'gone.handler'\nuv = '0.9.26'\n[tool.uv]\nrequired-version = '>=1'\n",
			"uv.lock": baseLock + "dependencies = [{ name = 'library' }, { name = 'tools' }]\n\n" +
				"[[package]]\nname = 'library'\nsource = { editable = '../library' }\n\n" +
				"[[package]]\nname = 'tools'\nsource = { git = 'https://example.com/tools' }\n",
		},
		want: "pyproject.toml:11: required-version = \">=1\" does not allow uv 0.9.26: set `uv` in [tool.uvlambda] to a version that it allows\n" +
			"uv.lock:15: tools comes from git (tools <- your dependencies), and uv.lock has no commit for it: lock again\n" +
			"uv.lock:11: library is in ../library, outside of the build context: build with a context that holds it, and -f for this project\n" +
			"pyproject.toml:8: handler \"gone.handler\": its module is not in the build context: there is no gone.py, gone/__init__.py, src/gone.py, src/gone/__init__.py; " +
			"create it, correct the handler, or copy it with `include` (and check that .dockerignore does not hide it)",
	}})
}

func TestProjectName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		files      map[string]string
		want       string
	}{
		{"project", "", nil, "api"},
		{"chosen package", "", keys("package = 'API'\nhandler = 'app.handler'"), "api"},
		{"folder", "svc/pyproject.toml", map[string]string{"svc/pyproject.toml": "[tool.uv.workspace]\n", "pyproject.toml": "", "uv.lock": ""}, "svc"},
		{"neither", "", map[string]string{"pyproject.toml": "[tool.uv.workspace]\n"}, "uvlambda"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlan(contextOf(change(test.files)), client{file: test.file, target: "lock"})
			require.NoError(t, err)
			assert.Equal(t, test.want, p.Project)
		})
	}
}
