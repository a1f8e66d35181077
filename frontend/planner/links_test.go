package planner_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// tree is a context with these links, pipes ("|") and files ("").
func tree(all map[string]string) files.Listing {
	l := files.Listing{Roots: []string{"."}, Entries: files.Set{}}
	for p, what := range all {
		for _, dir := range planner.Ancestors(p)[1:] {
			if _, known := l.Entries[dir]; !known {
				l.Entries[dir] = files.Entry{Kind: files.Folder}
			}
		}
		switch what {
		case "":
			l.Entries[p] = files.Entry{Kind: files.Regular}
		case "|":
			l.Entries[p] = files.Entry{Kind: files.Special}
		default:
			l.Entries[p] = files.Entry{Kind: files.Link, Link: what}
		}
	}
	return l
}

func TestFollowLinks(t *testing.T) {
	t.Parallel()
	app := plan.Copy{From: "app", To: "app"}
	tests := map[string]struct {
		tree map[string]string
		// table are further keys of [tool.uvlambda].
		table string
		// want are the copies, without the patterns that all have.
		want    []plan.Copy
		leftOut []string
		err     string
	}{
		"no links": {tree: map[string]string{"app/x.py": ""}, want: []plan.Copy{app}},
		"folder elsewhere": {
			tree: map[string]string{"app/common": "../shared/common", "shared/common/__init__.py": ""},
			want: []plan.Copy{{From: "app", To: "app", Exclude: []string{"common"}}, {From: "shared/common", To: "app/common"}},
		},
		"folder elsewhere, less what is excluded at the link": {
			tree:  map[string]string{"app/common": "../shared", "shared/drafts/x": "", "shared/y.py": ""},
			table: `exclude = ["app/common/drafts", "**/old"]`,
			want: []plan.Copy{
				{From: "app", To: "app", Exclude: []string{"common/drafts", "**/old", "common"}}, {From: "shared", To: "app/common", Exclude: []string{"**/old", "drafts", "**/old"}},
			},
		},
		"a circle that is none": {
			tree: map[string]string{"app/a": "s/../a", "app/s": "../other", "other/x": "", "a": ""},
			want: []plan.Copy{
				{From: "app", To: "app", Exclude: []string{"a", "s"}}, {From: "a", To: "app/a"}, {From: "other", To: "app/s"},
			},
		},
		"file elsewhere": {
			tree: map[string]string{"app/c*.toml": "../c.toml", "c.toml": ""},
			want: []plan.Copy{{From: "app", To: "app", Exclude: []string{`c[\*].toml`}}, {From: "c.toml", To: "app/c*.toml"}},
		},
		"links in what is linked": {
			tree: map[string]string{"app/a": "../libs/a", "libs/a/b": "../../deep/b", "deep/b/x": ""},
			want: []plan.Copy{
				{From: "app", To: "app", Exclude: []string{"a"}},
				{From: "libs/a", To: "app/a", Exclude: []string{"b"}},
				{From: "deep/b", To: "app/a/b"},
			},
		},
		"a link through a link": {
			tree: map[string]string{"app/a": "../current/lib", "current": "releases/2", "releases/2/lib/x": ""},
			want: []plan.Copy{{From: "app", To: "app", Exclude: []string{"a"}}, {From: "releases/2/lib", To: "app/a"}},
		},
		"between files of the application": {
			tree: map[string]string{"app/lib.so": "lib.so.1", "app/lib.so.1": "lib.so.1.2", "app/lib.so.1.2": "", "app/self": ".", "app/sub/up": "../other", "app/other/x": ""},
			want: []plan.Copy{app},
		},
		"to what exclude leaves out": {
			tree:  map[string]string{"app/link": "real", "app/real/x": ""},
			table: `exclude = ["app/real"]`,
			want:  []plan.Copy{{From: "app", To: "app", Exclude: []string{"real", "link"}}, {From: "app/real", To: "app/link"}},
		},
		"a link that exclude leaves out": {
			tree:  map[string]string{"app/link": "/etc/passwd", "app/pipe": "|"},
			table: `exclude = ["app/link", "app/pipe"]`,
			want:  []plan.Copy{{From: "app", To: "app", Exclude: []string{"link", "pipe"}}},
		},
		"between includes": {
			tree:  map[string]string{"app/x.py": "", "web/static": "../assets", "assets/a.css": ""},
			table: `include = ["web", "assets"]`,
			want:  []plan.Copy{{From: "web", To: "web"}, {From: "assets", To: "assets"}, app},
		},
		"between includes that move": {
			tree:  map[string]string{"app/x.py": "", "web/static": "../assets", "assets/a.css": ""},
			table: `include = ["web", { from = "assets", to = "files" }]`,
			want: []plan.Copy{
				{From: "web", To: "web", Exclude: []string{"static"}}, {From: "assets", To: "files"}, app,
				{From: "assets", To: "web/static"},
			},
		},
		"an include that is a link": {
			tree:  map[string]string{"app/x.py": "", "assets": "build/out", "build/out/a.css": ""},
			table: `include = ["assets"]`,
			want:  []plan.Copy{{From: "build/out", To: "assets"}, app},
		},
		"to the whole context": {
			tree:  map[string]string{"app/x.py": "", "app/up": ".."},
			table: `include = [{ from = ".", to = "all" }]`,
			want: []plan.Copy{
				{From: ".", To: "all"}, {From: "app", To: "app", Exclude: []string{"up"}}, {From: ".", To: "app/up"},
			},
		},
		"a chain through what is left out": {
			tree:  map[string]string{"app/a": "b", "app/b": "c", "app/c/x": ""},
			table: `exclude = ["app/c"]`,
			want: []plan.Copy{
				{From: "app", To: "app", Exclude: []string{"c", "a", "b"}}, {From: "app/c", To: "app/a"}, {From: "app/c", To: "app/b"},
			},
		},
		"dangling": {
			tree:    map[string]string{"app/.#main.py": "me@host.1234:99", "app/sub/x": "../../nowhere"},
			want:    []plan.Copy{{From: "app", To: "app", Exclude: []string{".#main.py", "sub/x"}}},
			leftOut: []string{"app/.#main.py", "app/sub/x"},
		},
		"in circles": {
			tree:    map[string]string{"app/a": "b", "app/b": "a"},
			want:    []plan.Copy{{From: "app", To: "app", Exclude: []string{"a", "b"}}},
			leftOut: []string{"app/a", "app/b"},
		},
		"out of the context": {
			tree: map[string]string{"app/x": "../../elsewhere"},
			err:  "pyproject.toml:8: app/x is a symbolic link to ../../elsewhere, outside of the build context: copy the files into the context, or leave the link out with `exclude`",
		},
		"to a place of the machine": {
			tree: map[string]string{"app/x": "/etc/passwd"},
			err:  "app/x is a symbolic link to /etc/passwd, outside of the build context",
		},
		"without end": {
			tree: map[string]string{"app/lib": "../lib", "lib/app": "../app"},
			err:  "lib/app is a symbolic link to ../app, so that app would hold itself without end: leave the link out with `exclude`",
		},
		"a pipe": {
			tree: map[string]string{"app/pipe": "|"},
			err:  "pyproject.toml:8: app/pipe is a named pipe, a socket or a device, which no function can hold: remove it, or leave it out with `exclude`",
		},
		"a link to a pipe": {
			tree: map[string]string{"app/x": "../run/pipe", "run/pipe": "|"},
			err:  "app/x is a named pipe, a socket or a device",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := map[string]string{"app/__init__.py": ""}
			maps.Copy(all, tt.tree)
			in := linkedInput(t, tt.table, all)
			in.Listing = tree(all)
			decided, err := planner.Decide(in)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Empty(t, decided.Unlisted)
			var got []plan.Copy
			for _, c := range plan.First[plan.App](decided.Plan).Copies {
				c.Source = plan.Location{}
				c.Exclude = slices.DeleteFunc(slices.Clone(c.Exclude), func(p string) bool { return p == "**/__pycache__" || p == "**/*.pyc" })
				if len(c.Exclude) == 0 {
					c.Exclude = nil
				}
				got = append(got, c)
			}
			assert.Equal(t, tt.want, got)
			var leftOut []string
			for _, link := range decided.LeftOut {
				leftOut = append(leftOut, link.Path)
			}
			assert.Equal(t, tt.leftOut, leftOut)

			// What is listed piece by piece leads to the same plan.
			in.Listing = files.Listing{}
			stepwise, err := planner.Decide(in)
			require.NoError(t, err)
			for len(stepwise.Unlisted) > 0 {
				listing := in.Listing.With(files.Listing{Roots: stepwise.Unlisted, Entries: tree(all).Entries})
				in.Listing = listing
				stepwise, err = stepwise.See(listing)
				require.NoError(t, err)
			}
			assert.Equal(t, decided.Plan, stepwise.Plan)
		})
	}
}

// A folder that was only passed on the way to another place is listed before it is
// copied, and what was seen to be missing is not listed again.
func TestPlacesThatWerePassed(t *testing.T) {
	t.Parallel()
	in := linkedInput(t, "", map[string]string{"app/__init__.py": ""})
	in.Listing = tree(map[string]string{"app/__init__.py": "", "app/a": "../libs", "app/b": "../gone", "libs/deep/x": ""})
	in.Listing.Roots = []string{"app", "libs/deep", "gone/deep"}
	decided, err := planner.Decide(in)
	require.NoError(t, err)
	assert.Equal(t, []string{"libs"}, decided.Unlisted)
	assert.Equal(t, []planner.LeftOut{{Path: "app/b", Link: "../gone", Target: "gone", Source: plan.Location{File: "pyproject.toml", Line: 8, EndLine: 8}}}, decided.LeftOut)
}

// A listing says nothing of the context's root itself, and a link to it stays a link
// where the whole context is copied.
func TestLinkToTheContext(t *testing.T) {
	t.Parallel()
	all := map[string]string{"app/__init__.py": "", "app/up": ".."}
	in := linkedInput(t, `include = [{ from = ".", to = "all" }]`, all)
	in.Listing = tree(all)
	delete(in.Listing.Entries, ".")
	copies := plan.First[plan.App](decideAll(t, in).Plan).Copies
	require.Len(t, copies, 3)
	for i, to := range map[int]string{0: "all", 2: "app/up"} {
		assert.Equal(t, []string{".", to}, []string{copies[i].From, copies[i].To})
		assert.Equal(t, []string{"**/__pycache__", "**/*.pyc"}, copies[i].Exclude, "the link is not left out")
	}
}

// A client that looks at a pipe takes it for a file; the listing knows better.
func TestIncludedPipe(t *testing.T) {
	t.Parallel()
	all := map[string]string{"app/__init__.py": "", "pipe": "|"}
	in := linkedInput(t, `include = ["pipe"]`, all)
	in.Listing, in.Workspace.Files["pipe"] = tree(all), files.Entry{Kind: files.Regular}
	_, err := planner.Decide(in)
	require.EqualError(t, err, "pyproject.toml:9: pipe is a named pipe, a socket or a device, which no function can hold: remove it, or leave it out with `exclude`")
}

// What a listing shows too late to be decided without it is told all the same.
func TestSeeMistakes(t *testing.T) {
	t.Parallel()
	all := map[string]string{"app/__init__.py": "", "app/x": "/etc/passwd"}
	decided, err := planner.Decide(linkedInput(t, "", all))
	require.NoError(t, err)
	assert.Equal(t, []string{"app"}, decided.Unlisted)
	_, err = decided.See(tree(all))
	require.ErrorContains(t, err, "pyproject.toml:8: app/x is a symbolic link to /etc/passwd, outside of the build context")
	require.Len(t, plan.First[plan.App](decided.Plan).Copies, 1, "the first decision is as it was")
	same, err := decided.See(tree(map[string]string{"app/__init__.py": ""}))
	require.NoError(t, err)
	assert.Same(t, decided.Plan, same.Plan, "the listing changes nothing")
	assert.Empty(t, same.Unlisted)
}

// linkedInput is the base with further keys, as it is with these places.
func linkedInput(t *testing.T, table string, all map[string]string) planner.Input {
	t.Helper()
	set := contextOf(change(map[string]string{
		"app.py":          "",
		"app/__init__.py": "def handler(event, context): ...\n",
		"pyproject.toml":  baseProject + "[tool.uvlambda]\nhandler = \"app.handler\"\n" + table + "\n",
	}))
	seen := tree(all)
	for p := range seen.Entries {
		// A client says of an include what it leads to.
		if _, e, known := seen.Resolve(p); known && set[p].Kind == files.Missing {
			set[p] = e
		}
	}
	in, err := newInput(set, client{})
	require.NoError(t, err)
	return in
}
