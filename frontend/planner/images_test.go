package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

func TestUV(t *testing.T) {
	t.Parallel()
	at := func(line int) plan.Location {
		return plan.Location{File: "pyproject.toml", Line: line, EndLine: line}
	}
	tests := []struct {
		name, keys, settings string
		want                 plan.Image
	}{
		{"default", "", "", plan.Image{Ref: planner.UVRepository + ":" + planner.DefaultUV, Source: at(7)}},
		{"version", "uv = '0.9.26'", "", plan.Image{Ref: planner.UVRepository + ":0.9.26", Source: at(8)}},
		{"image", "uv = 'mirror.example.com/uv@sha256:00'", "", plan.Image{Ref: "mirror.example.com/uv@sha256:00", Source: at(8)}},
		{"image whatever is required", "uv = 'mirror.example.com/uv:edge'", "required-version = '>=99'", plan.Image{Ref: "mirror.example.com/uv:edge", Source: at(8)}},
		{"exact requirement", "", "required-version = '==0.9.20'", plan.Image{Ref: planner.UVRepository + ":0.9.20", Source: at(11)}},
		{"bare requirement", "", "required-version = '0.9.20'", plan.Image{Ref: planner.UVRepository + ":0.9.20", Source: at(11)}},
		{"oldest that is allowed", "", "required-version = '==" + spec.MinimumUV + "'", plan.Image{Ref: planner.UVRepository + ":" + spec.MinimumUV, Source: at(11)}},
		{"range that has the default", "", "required-version = '>=0.9'", plan.Image{Ref: planner.UVRepository + ":" + planner.DefaultUV, Source: at(11)}},
		{"range that has the version", "uv = '0.9.26'", "required-version = '<0.10'", plan.Image{Ref: planner.UVRepository + ":0.9.26", Source: at(11)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			files := keys(test.keys + "\nhandler = 'app.handler'")
			files["pyproject.toml"] += "[tool.uv]\n" + test.settings + "\n"
			p, err := newPlan(contextOf(change(files)), client{})
			require.NoError(t, err)
			assert.Equal(t, test.want, p.UV)
		})
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	at := func(file string, line int) plan.Location {
		return plan.Location{File: file, Line: line, EndLine: line}
	}
	tests := []struct {
		name  string
		files map[string]string
		want  plan.Image
	}{
		{"of the newest runtime", nil, plan.Image{Ref: planner.BaseRepository + ":3.14", Source: at("pyproject.toml", 7)}},
		{"of a pinned version", map[string]string{".python-version": "3.12"}, plan.Image{Ref: planner.BaseRepository + ":3.12", Source: at(".python-version", 1)}},
		{"of a pinned preview", map[string]string{".python-version": "3.15"}, plan.Image{Ref: planner.BaseRepository + ":3.15-preview", Source: at(".python-version", 1)}},
		{"of a preview", keys("python = '3.15'"), plan.Image{Ref: planner.BaseRepository + ":3.15-preview", Source: at("pyproject.toml", 8)}},
		{"of a chosen version", keys("python = '3.13'"), plan.Image{Ref: planner.BaseRepository + ":3.13", Source: at("pyproject.toml", 8)}},
		{"own", keys("python = '3.13'\nbase = 'mirror.example.com/python'"), plan.Image{Ref: "mirror.example.com/python", Source: at("pyproject.toml", 9)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlan(contextOf(change(test.files)), client{})
			require.NoError(t, err)
			assert.Equal(t, test.want, p.Base)
		})
	}
}

func TestUVErrors(t *testing.T) {
	t.Parallel()
	mismatch := keys("uv = '0.9.26'\n[tool.uv]\nrequired-version = '>=0.10'")
	checkMistakes(t, []mistake{
		{
			name:  "version that is not allowed",
			files: mismatch,
			want: "pyproject.toml:10: required-version = \">=0.10\" does not allow uv 0.9.26: " +
				"set `uv` in [tool.uvlambda] to a version that it allows",
		},
		{
			name:   "version that is not allowed, for a lock",
			files:  mismatch,
			client: client{target: "lock"},
			want: "pyproject.toml:10: required-version = \">=0.10\" does not allow uv 0.9.26: " +
				"set `uv` in [tool.uvlambda] to a version that it allows",
		},
		{
			name:  "required version below the floor",
			files: keys("[tool.uv]\nrequired-version = '==0.8.13'"),
			want: "pyproject.toml:9: required-version = \"==0.8.13\" pins a uv that is too old, since its export cannot leave out " +
				"local packages (--no-emit-local): allow 0.8.14 or newer",
		},
		{
			name:  "default that is not allowed",
			files: keys("[tool.uv]\nrequired-version = '<0.9'"),
			want: "pyproject.toml:9: required-version = \"<0.9\" does not allow uv " + planner.DefaultUV + ": " +
				"set `uv` in [tool.uvlambda] to a version that it allows",
		},
	})
}
