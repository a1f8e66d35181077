package load

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The modules that the handler imports are read: all that are reached where a
// read costs nothing, and in one transfer more where it does.
func TestLoadImports(t *testing.T) {
	t.Parallel()
	contents := map[string]string{
		"pyproject.toml":  "[project]\nname = 'orders'\n[tool.uvlambda]\nhandler = 'app.main.handler'\n",
		"uv.lock":         "version = 1\n[[package]]\nname = 'orders'\nsource = { virtual = '.' }\n",
		"app/main.py":     "import json, shared.db\nfrom . import views\n",
		"app/__init__.py": "", "app/views.py": "import deep\n", "deep.py": "", "other.py": "",
		"shared/db.py": "from other import name\n",
	}
	for near, want := range map[bool]struct{ read, calls []string }{
		true:  {[]string{"app/__init__.py", "app/main.py", "app/views.py", "deep.py", "other.py", "pyproject.toml", "shared/db.py", "uv.lock"}, []string{"read", "read", "read"}},
		false: {[]string{"app/main.py", "pyproject.toml", "shared/db.py", "uv.lock"}, []string{"read", "read"}},
	} {
		m := &memory{files: contents}
		m.near = near
		w, err := workspace(t, m, "pyproject.toml", "pyproject.toml")
		require.NoError(t, err)
		assert.Equal(t, want.read, w.Files.Existing())
		assert.Equal(t, want.calls, m.calls)
	}
}

// A member's own root is known once its pyproject.toml is read.
func TestLoadRootOfAMember(t *testing.T) {
	t.Parallel()
	m := &memory{files: map[string]string{
		"pyproject.toml": "[project]\nname = 'orders'\n[tool.uvlambda]\nhandler = 'lib.api.handler'\n",
		"uv.lock": "version = 1\n[[package]]\nname = 'orders'\nsource = { virtual = '.' }\ndependencies = [{ name = 'lib' }]\n" +
			"[[package]]\nname = 'lib'\nsource = { editable = 'packages/lib' }\n",
		"packages/lib/pyproject.toml":    "[project]\nname = 'lib'\n[build-system]\nbuild-backend = 'uv_build'\n[tool.uv.build-backend]\nmodule-root = 'python'\n",
		"packages/lib/python/lib/api.py": "",
	}}
	w, err := workspace(t, m, "pyproject.toml", "pyproject.toml")
	require.NoError(t, err)
	assert.Contains(t, w.Files.Existing(), "packages/lib/python/lib/api.py")
	assert.Equal(t, []string{"read", "read", "read"}, m.calls)
}
