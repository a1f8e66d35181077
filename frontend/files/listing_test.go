package files_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// linked is a context in which links lead everywhere.
func linked() files.Listing {
	link := func(to string) files.Entry { return files.Entry{Kind: files.Link, Link: to} }
	return files.Listing{Roots: []string{"fn", "libs/a"}, Entries: files.Set{
		"fn":           {Kind: files.Folder},
		"fn/app.py":    {Kind: files.Regular},
		"fn/copy.py":   link("app.py"),
		"fn/self":      link("."),
		"fn/up":        link("../libs"),
		"fn/common":    link("../shared/common"),
		"fn/out":       link("../../elsewhere"),
		"fn/root":      link("/etc/passwd"),
		"fn/gone":      link("nowhere"),
		"fn/one":       link("two"),
		"fn/two":       link("one"),
		"fn/pipe":      {Kind: files.Special},
		"libs":         {Kind: files.Folder},
		"libs/a":       {Kind: files.Folder},
		"libs/a/x.txt": {Kind: files.Regular},
	}}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	l := linked()
	tests := []struct {
		path, at string
		kind     files.Kind
		known    bool
	}{
		{"fn/app.py", "fn/app.py", files.Regular, true},
		{"fn/copy.py", "fn/app.py", files.Regular, true},
		{"fn/self/self/copy.py", "fn/app.py", files.Regular, true},
		{"fn/up/a/x.txt", "libs/a/x.txt", files.Regular, true},
		{"fn/up", "libs", files.Folder, true},
		{"fn/up/..", ".", files.Folder, true},
		{"fn/..", ".", files.Folder, true},
		{".", ".", files.Folder, true},
		{"fn/up/b", "libs/b", files.Missing, false},
		{"fn/common", "shared/common", files.Missing, false},
		{"fn/common/../x", "shared/x", files.Missing, false},
		{"fn/out", "fn/out", files.Outside, true},
		{"fn/root", "fn/root", files.Outside, true},
		{"fn/gone", "fn/nowhere", files.Missing, true},
		{"fn/one", "fn/two", files.Missing, true},
		{"fn/pipe", "fn/pipe", files.Special, true},
		{"../x", "../x", files.Outside, true},
	}
	for _, tt := range tests {
		at, e, known := l.Resolve(tt.path)
		if tt.kind == files.Missing && tt.path == "fn/one" {
			at = tt.at // either end of the circle will do
		}
		assert.Equal(t, tt.at, at, tt.path)
		assert.Equal(t, tt.kind, e.Kind, tt.path)
		assert.Equal(t, tt.known, known, tt.path)
	}
}

func TestListing(t *testing.T) {
	t.Parallel()
	l := linked()
	assert.Equal(t, []string{"libs/a/x.txt"}, l.Below("libs/a"))
	assert.Len(t, l.Below("."), len(l.Entries))
	assert.True(t, l.Knows("libs"))
	assert.True(t, l.Knows("libs/a/nothing"))
	assert.False(t, l.Knows("libs/b"))
	assert.False(t, l.Covers("libs"))
	assert.True(t, l.Covers("libs/a"))

	both := l.With(files.Listing{Roots: []string{"libs/b"}, Entries: files.Set{"libs/b": {Kind: files.Regular}}})
	assert.True(t, both.Covers("libs/b"))
	assert.False(t, l.Covers("libs/b"), "the first listing stays as it was")
	assert.Equal(t, files.Listing{Roots: []string{"x"}, Entries: files.Set{}}, files.Listing{}.With(files.Listing{Roots: []string{"x"}}))
}
