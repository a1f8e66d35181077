package planner_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

func TestArchiveMistakes(t *testing.T) {
	t.Parallel()
	bare := map[string]string{
		"pyproject.toml": "[project]\nname = \"api\"\ndependencies = []\n[tool.uvlambda]\nhandler = \"app.main.handler\"\n",
		"app/main.py":    "def handler(event, context): ...\n",
		"uv.lock":        "version = 1\nrevision = 3\nrequires-python = \">=3.13\"\n\n[[package]]\nname = \"api\"\nversion = \"0.1.0\"\nsource = { virtual = \".\" }\n",
	}
	wrapped := map[string]string{
		"pyproject.toml": strings.NewReplacer("[]", `["wrapper"]`, "app.main", "wrapper").Replace(bare["pyproject.toml"]),
		"uv.lock": bare["uv.lock"] + "dependencies = [{ name = \"wrapper\" }]\n\n[[package]]\nname = \"wrapper\"\nversion = \"1.0\"\n" +
			"source = { registry = \"https://example.com/simple\" }\nwheels = [{ url = \"https://example.com/wrapper-1.0-py3-none-any.whl\", hash = \"sha256:00\" }]\n",
	}
	checkMistakes(t, []mistake{
		{
			name: "layer without dependencies", files: bare, client: client{target: "layer"},
			want: "pyproject.toml:3: api has no third-party dependencies to make a layer of: build --target zip",
		},
		{
			name: "application without code", files: wrapped, client: client{target: "app"},
			want: "pyproject.toml:5: api has no code of its own to archive: build --target zip",
		},
		{
			name: "upgrade of no package", files: bare, client: client{target: "lock", upgrade: "requests,../x"},
			want: `pyproject.toml:3: UPGRADE=requests,../x: "../x" is not a package name: give "all", or names with commas between them`,
		},
	})
}

// TestOfATestBesideAnOutput: a test beside an output installs as that output does, so that a
// builder installs once; how the packages stand in an archive is decided for both.
func TestOfATestBesideAnOutput(t *testing.T) {
	t.Parallel()
	f := readFixture(t, "testdata/zip.txtar")
	for output, want := range map[plan.Output]*plan.Pack{
		plan.OutputImage: nil,
		plan.OutputDir:   nil,
		plan.OutputZip:   {},
		plan.OutputLayer: {Prefix: "python/lib/python3.13/site-packages"},
	} {
		f.client.target = string(output)
		in, err := newInput(contextOf(f.contents), f.client)
		require.NoError(t, err)
		in.TakesFiles = true
		made, err := planner.Decide(in)
		require.NoError(t, err)
		in.Output, in.TestFor = plan.OutputTest, output
		tested, err := planner.Decide(in)
		require.NoError(t, err)
		own := plan.First[plan.Dependencies](made.Plan)
		assert.Equal(t, want, own.Pack, output)
		assert.Equal(t, own, plan.First[plan.Dependencies](tested.Plan), output)
		if a := plan.First[plan.Archive](made.Plan); a != nil {
			assert.True(t, a.ByClient)
			assert.Empty(t, made.Plan.Result().On, "the client writes it")
		}
		assert.Equal(t, output == plan.OutputLayer, made.Plan.Config == nil, "only a layer has no handler")
	}
}
