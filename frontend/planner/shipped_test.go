package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// What an application ships is compared with the files of packages: a file that is
// told here and is not there, or the other way round, is a false warning.
func TestShipped(t *testing.T) {
	t.Parallel()
	listing := tree(map[string]string{"app/main.py": "", "app/data/a.json": "", "app/data/b.txt": "", "app/link": "main.py", "static/x.css": "", "run.sh": ""})
	for name, tt := range map[string]struct {
		copies []plan.Copy
		want   []string
	}{
		"nothing":          {nil, nil},
		"folder":           {[]plan.Copy{{From: "app", To: "app"}}, []string{"app/data/a.json", "app/data/b.txt", "app/link", "app/main.py"}},
		"under a name":     {[]plan.Copy{{From: "static", To: "web/files"}}, []string{"web/files/x.css"}},
		"as the root":      {[]plan.Copy{{From: "static", To: "."}, {From: "run.sh", To: "a/run"}}, []string{"a/run", "x.css"}},
		"without excluded": {[]plan.Copy{{From: "app", To: "app", Exclude: []string{"data", "!data/b.txt", "**/main.py"}}}, []string{"app/data/b.txt", "app/link"}},
		"twice":            {[]plan.Copy{{From: "run.sh", To: "x.css"}, {From: "static", To: "."}}, []string{"x.css"}},
		"not there":        {[]plan.Copy{{From: "gone", To: "gone"}}, nil},
	} {
		got, err := planner.Shipped(tt.copies, listing)
		require.NoError(t, err, name)
		assert.Equal(t, tt.want, got, name)
	}
	at := plan.Location{File: "pyproject.toml", Line: 3, EndLine: 3}
	_, err := planner.Shipped([]plan.Copy{{From: "app", To: "app", Exclude: []string{"[a"}, Source: at}}, listing)
	require.ErrorContains(t, err, "pyproject.toml:3: ")
	got, err := planner.Shipped([]plan.Copy{{From: "app", To: "app"}}, files.Listing{})
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestShippedByADecision(t *testing.T) {
	t.Parallel()
	for target, want := range map[string][]string{"image": {"app.py", "conf/a.toml"}, "layer": nil} {
		in, err := newInput(contextOf(change(with(including("'conf'"), "uv.lock", sizedLock(1)))), client{target: target})
		require.NoError(t, err)
		in.Listing = tree(map[string]string{"app.py": "", "conf/a.toml": "", "other.py": ""})
		got, err := decideAll(t, in).Shipped()
		require.NoError(t, err)
		assert.Equal(t, want, got, target)
	}
}

// A file is explained by the lines that brought it.
func TestCopyOf(t *testing.T) {
	t.Parallel()
	p, err := newPlan(contextOf(change(including("  'conf',\n  { from = 'page.html', to = 'site/index.html' },"))), client{})
	require.NoError(t, err)
	for file, line := range map[string]int{"conf/a.toml": 10, "conf": 10, "site/index.html": 11, "site/other": 10, "confusion": 10, "app.py": 8} {
		assert.Equal(t, line, planner.CopyOf(p, file).Line, file)
	}
	layer, err := newPlan(contextOf(change(with(keys("handler = 'app.handler'\npython = '3.13'"), "uv.lock", sizedLock(1)))), client{target: "layer"})
	require.NoError(t, err)
	assert.Equal(t, plan.Location{File: "pyproject.toml", Line: 9, EndLine: 9}, planner.CopyOf(layer, "app.py"), "the base's line, which the file would be of")
}
