package files_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/files"
)

func TestSet(t *testing.T) {
	t.Parallel()
	set := files.Set{
		"b.toml": {Kind: files.Regular, Data: []byte("b")},
		"a.toml": {Kind: files.Regular},
		"folder": {Kind: files.Folder},
		"link":   {Kind: files.Outside, Link: "../other"},
		"gone":   {},
	}
	assert.Equal(t, []string{"a.toml", "b.toml"}, set.Existing())
	for name, want := range map[string]bool{"a.toml": true, "folder": true, "link": false, "gone": false, "unknown": false} {
		assert.Equal(t, want, set.Exists(name), name)
	}
	data, ok := set.Data("b.toml")
	assert.True(t, ok)
	assert.Equal(t, "b", string(data))
	for _, name := range []string{"folder", "link", "gone", "unknown"} {
		_, ok := set.Data(name)
		assert.False(t, ok, name)
	}
}
