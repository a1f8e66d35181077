package source_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/source"
)

func TestMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`url = "https://user:hunter2@example.com/simple"`: `url = "https://************@example.com/simple"`,
		`https://token@example.com`:                       `https://*****@example.com`,
		`'git+https://x:y@example.com/a@v1'`:              `'git+https://***@example.com/a@v1'`,
		`git+ssh://git@example.com/a.git@main`:            `git+ssh://git@example.com/a.git@main`,
		`ssh://git:hunter2@example.com`:                   `ssh://***********@example.com`,
		`six @ https://example.com/six.whl`:               `six @ https://example.com/six.whl`,
		`a@b.example.com, "https://@example.com"`:         `a@b.example.com, "https://@example.com"`,
		"https://a:b@x\nhttps://c:d@y":                    "https://***@x\nhttps://***@y",
		"@":                                               "@", "": "", "://@": "://@",
	} {
		assert.Equal(t, want, string(source.Masked([]byte(text))), text)
	}
}

func TestPasswordLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"a\nurl = 'https://user:hunter2@example.com'": 2,
		"https://user@example.com":                    0,
		"https://user:@example.com":                   0,
		"ssh://git@example.com":                       0,
		"x = 'git+ssh://git:p@example.com'":           1,
	} {
		line, found := source.PasswordLine([]byte(text))
		assert.Equal(t, want, line, text)
		assert.Equal(t, want > 0, found, text)
	}
}

// FuzzMasked keeps the length and the lines of a text, and no password.
func FuzzMasked(f *testing.F) {
	f.Add("https://user:hunter2@example.com\n")
	f.Add("://a:b@c://d:e@f")
	f.Fuzz(func(t *testing.T, text string) {
		masked := string(source.Masked([]byte(text)))
		assert.Len(t, masked, len(text))
		assert.Equal(t, strings.Count(text, "\n"), strings.Count(masked, "\n"))
		_, found := source.PasswordLine([]byte(masked))
		assert.False(t, found, "%q", masked)
	})
}
