package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestLargeContext(t *testing.T) {
	t.Parallel()
	warning := func(where string) []string {
		return []string{"pyproject.toml:1: 60 MB are sent to the builder and probably not needed, most of it in " + where + " (60 MB): name what the project is not built from in .dockerignore"}
	}
	packaged := mustLookup(t, "LargeContext").Bad.Files
	virtual := strings.NewReplacer(`editable = "."`, `virtual = "."`, "[build-system]", "[tool.uv]\npackage = false\n\n[build-system]").Replace(packaged)
	app := table("handler = \"app.main.handler\"\nexclude = [\"**/*.parquet\"]", "-- app/main.py --\ndef handler(event, context): ...\n").Files
	tests := []struct {
		name, files, large string
		want               []string
	}{
		{"beside the module", packaged, "data/a.parquet", warning("data/")},
		{"in the module", packaged, "src/greeting/a.parquet", nil},
		{"in the module without src", packaged, "greeting/a.parquet", nil},
		{"at the top", packaged, "setup.bin", nil},
		{"a hidden one", packaged, "dist/a.parquet", nil},
		{"left out by the build", packaged, "build/lib/a.parquet", warning("build/")},
		{"a copied one", strings.Replace(app, "parquet", "csv", 1), "app/a.parquet", nil},
		{"one that exclude names", app, "app/a.parquet", warning("app/a.parquet")},
		{"one of a folder that is copied", virtual, "src/greeting/data/a.parquet", nil},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, messages(t, lint.Example{Files: tt.files, Large: tt.large}), tt.name)
	}
}

// Without a list of files there is no warning.
func TestLargeContextUnknown(t *testing.T) {
	t.Parallel()
	warnings, err := checkAs(t, mustLookup(t, "LargeContext").Bad, lint.Options{}, func(in *lint.Input) { in.Context.Sent = nil })
	require.NoError(t, err)
	assert.Empty(t, warnings)
}
