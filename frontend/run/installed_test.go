package run

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

func TestHasModule(t *testing.T) {
	t.Parallel()
	list := namesInArchive([]string{
		"app.py", "api/__init__.py", "api/main.py", "space/deep/one.py", "native.cpython-313-x86_64-linux-gnu.so", "stable.abi3.so", "compiled.pyc", "app.py.txt", "data.json",
	})
	for module, want := range map[string]bool{
		"app": true, "api": true, "api/main": true, "space/deep": true, "space/deep/one": true, "native": true, "stable": true, "compiled": true,
		"data": false, "ap": false, "api/other": false, "space/one": false, "nowhere/at/all": false,
	} {
		got, err := hasModule(list, module)
		require.NoError(t, err)
		assert.Equal(t, want, got, module)
	}
}

func TestMissingImports(t *testing.T) {
	t.Parallel()
	list := namesInArchive([]string{"yaml/__init__.py"})
	missing, err := missingImports(list, []planner.Import{{Module: "yaml"}, {Module: "nowhere"}})
	require.NoError(t, err)
	assert.Equal(t, []planner.Import{{Module: "nowhere"}}, missing)
}
