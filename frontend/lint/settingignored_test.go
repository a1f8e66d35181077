package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

// TestSettingIgnored: what uv does not know depends on its version.
func TestSettingIgnored(t *testing.T) {
	t.Parallel()
	const newer = "uv 0.9.26 does not know system-certs of [tool.uv], and ignores the whole table: set `uv` in [tool.uvlambda] to 0.11.0 or newer, or remove the entry"
	tests := []struct{ name, settings, uv, want string }{
		{"of the newest", "system-certs = true", "", ""},
		{"of a newer uv", "system-certs = true", "0.9.26", newer},
		{"of a newer uv's image", "system-certs = true", "registry.example.com/uv:0.9.26", newer},
		{"of no uv", "zzz = true", "", "uv 0.13.9 does not know zzz of [tool.uv], and ignores the whole table: remove the entry"},
		{"perhaps of a uv to come", "zzz = true", "99.0.0", ""},
		{"of an image that does not say", "zzz = true", "registry.example.com/uv:latest", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := "-- pyproject.toml --\n[tool.uv]\n" + tt.settings + "\n[tool.uvlambda]\nhandler = \"app.handler\"\n"
			if tt.uv != "" {
				files += "uv = \"" + tt.uv + "\"\n"
			}
			warnings, err := checkExample(t, lint.Example{Files: files}, lint.Options{Skip: []string{"UnpinnedImage"}})
			require.NoError(t, err)
			if tt.want == "" {
				assert.Empty(t, warnings)
				return
			}
			require.Len(t, warnings, 1)
			assert.Equal(t, tt.want, warnings[0].Message)
			assert.Equal(t, 7, warnings[0].Source.Line)
		})
	}
}

// TestSettingsInAnotherFile: uv reads the one file in place of the other.
func TestSettingsInAnotherFile(t *testing.T) {
	t.Parallel()
	files := "-- pyproject.toml --\n[tool.uvlambda]\nhandler = \"app.handler\"\n-- uv.toml --\nno-build = true\n"
	assert.Equal(t, []string{"uv.toml:1: uv reads uv.toml in place of [tool.uv] of pyproject.toml, and a build does not: move its entries there"}, messages(t, lint.Example{Files: files}))
}
