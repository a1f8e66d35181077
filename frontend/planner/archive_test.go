package planner_test

import "testing"

func TestArchiveMistakes(t *testing.T) {
	t.Parallel()
	bare := map[string]string{
		"pyproject.toml": "[project]\nname = \"api\"\ndependencies = []\n[tool.uvlambda]\nhandler = \"app.main.handler\"\n",
		"app/main.py":    "def handler(event, context): ...\n",
		"uv.lock":        "version = 1\nrevision = 3\nrequires-python = \">=3.13\"\n\n[[package]]\nname = \"api\"\nversion = \"0.1.0\"\nsource = { virtual = \".\" }\n",
	}
	checkMistakes(t, []mistake{
		{
			name: "layer without dependencies", files: bare, client: client{target: "layer"},
			want: "pyproject.toml:3: api has no third-party dependencies to make a layer of: build --target zip",
		},
		{
			name: "upgrade of no package", files: bare, client: client{target: "lock", upgrade: "requests,../x"},
			want: `pyproject.toml:3: UPGRADE=requests,../x: "../x" is not a package name: give "all", or names with commas between them`,
		},
	})
}
