package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// decideAll decides on an input that has all there is to know.
func decideAll(t *testing.T, in planner.Input) *planner.Decided {
	t.Helper()
	decided, err := planner.Decide(in)
	require.NoError(t, err)
	return decided
}

// Lambda starts each file of its folder of extensions, and fails when one cannot be
// run: what stands there, and who brought it, decides what a person is told.
func TestLocalExtensions(t *testing.T) {
	t.Parallel()
	line := func(n int) plan.Location { return plan.Location{File: "pyproject.toml", Line: n, EndLine: n} }
	runs := files.Entry{Kind: files.Regular, Executable: true}
	listing := files.Listing{Roots: []string{"."}, Entries: files.Set{
		"app.py": {Kind: files.Regular}, "run.sh": runs, "page.html": {Kind: files.Regular}, "ext": {Kind: files.Folder}, "conf": {Kind: files.Folder}, "conf/a.toml": {Kind: files.Regular},
		"ext/one.sh": runs, "ext/two.sh": {Kind: files.Regular}, "ext/skipped.sh": {Kind: files.Regular}, "ext/lib": {Kind: files.Folder}, "ext/lib/part.sh": {Kind: files.Regular},
	}}
	for include, want := range map[string][]planner.Extension{
		"{ from = 'ext', to = '/opt/extensions' }": {
			{From: "ext/one.sh", To: "/opt/extensions/one.sh", Executable: true, At: line(10)},
			{From: "ext/two.sh", To: "/opt/extensions/two.sh", At: line(10)},
		},
		"{ from = 'run.sh', to = '/opt/extensions/' }":                 {{From: "run.sh", To: "/opt/extensions/run.sh", Executable: true, At: line(10)}},
		"{ from = 'run.sh', to = '/opt/extensions/other' }":            {{From: "run.sh", To: "/opt/extensions/other", Executable: true, At: line(10)}},
		"{ from = 'run.sh', to = '/opt/bin/' }":                        nil,
		"{ from = 'ext', to = '/opt/extensions/deeper' }":              nil,
		"{ from = 'ext/lib', to = '/opt/extensions' }":                 {{From: "ext/lib/part.sh", To: "/opt/extensions/part.sh", At: line(10)}},
		"{ image = 'adapter:1', from = 'x', to = '/opt/extensions/' }": nil,
		"'conf'": nil,
	} {
		in, err := newInput(contextOf(change(with(including(include), "pyproject.toml", including(include + "]\nexclude = [\"ext/skipped.sh\"")["pyproject.toml"],
			"ext/two.sh", "\n", "ext/skipped.sh", "\n", "ext/lib/part.sh", "\n"))), client{})
		require.NoError(t, err)
		in.Listing = listing
		assert.Equal(t, want, decideAll(t, in).LocalExtensions(), include)
		in.Listing = files.Listing{}
		assert.Empty(t, decideAll(t, in).LocalExtensions(), "nothing is known of the trees of "+include)
	}
}

// Of images that bring the same place, the last one's file is there.
func TestSourceOf(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(change(including("  { image = 'one:1', from = 'a', to = '/opt/extensions/' },\n  { image = 'two:2', from = 'b', to = '/opt/extensions/b' },\n"+
		"  { image = 'three:3', from = 'c', to = '/opt/extra' },\n  { from = 'run.sh', to = '/opt/extensions/' },"))), client{})
	require.NoError(t, err)
	decided := decideAll(t, in)
	for to, want := range map[string]struct {
		image string
		line  int
	}{
		"/opt/extensions/a":   {"one:1", 10},
		"/opt/extensions/b":   {"two:2", 11},
		"/opt/extensions/b/c": {"two:2", 11},
		"/opt/extra":          {"three:3", 12},
		"/opt/extra2":         {"", 0},
		"/opt":                {"", 0},
	} {
		source := decided.SourceOf(to)
		assert.Equal(t, want.image, source.Image, to)
		assert.Equal(t, want.line, source.At.Line, to)
	}
}
