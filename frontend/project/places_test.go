package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Folders that are indexes are named as a build has them: those with something
// locked by a relative path, the others not at all where uv would look at once.
func TestReducedPlaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"find-links = ['./house', 'https://example.com/links']":                                                           "",
		"find-links = ['file:///home/me/shop/house', 'https://example.com/links']":                                        "find-links = ['./house', 'https://example.com/links']\n",
		"find-links = ['/home/me/shop/house/']":                                                                           "find-links = ['./house']\n",
		"find-links = ['./empty', 'https://example.com/links']":                                                           "find-links = ['https://example.com/links']\n",
		"find-links = ['file:///srv/empty']\nno-build = true":                                                             "no-build = true\n",
		"[[tool.uv.index]]\nname = 'one'\nurl = 'file:///home/me/shop/my%20simple'":                                       "[[tool.uv.index]]\nname = 'one'\nurl = './my simple'\n",
		"[[tool.uv.index]]\nname = 'one'\nurl = './simple'":                                                               "",
		"[[tool.uv.index]]\nname = 'one'\nurl = 'empty'\nformat = 'flat'\n[[tool.uv.index]]\nurl = 'https://example.com'": "[[tool.uv.index]]\nurl = 'https://example.com'\n",
		"[[tool.uv.index]]\nname = 'one'\nurl = 'empty'\nformat = 'flat'\ndefault = true":                                 "",
		"sources = { a = { index = 'one' } }\n[[tool.uv.index]]\nname = 'one'\nurl = 'empty'\nformat = 'flat'":            "",
	} {
		p := parse(t, "[tool.uv]\n"+text+"\n")
		got, altered, ok := p.Reduced(true, nil, []string{"house", "my simple"})
		require.True(t, ok, text)
		assert.Equal(t, want != "", altered, text)
		if want == "" {
			want = text + "\n"
		}
		expected, _, ok := parse(t, "[tool.uv]\n"+want).Reduced(true, nil, []string{"house", "my simple", "simple", "empty"})
		require.True(t, ok, text)
		assert.Equal(t, expected, got, text)
	}
}
