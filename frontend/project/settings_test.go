package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInstallSettings(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, uv, want string }{
		{"nothing", "", ""},
		{"nothing that affects installation", "package = false\ndefault-groups = ['a']\nsources = {}\n", ""},
		{
			"flags and lists, sorted",
			"no-build = true\nbuild-constraint-dependencies = ['setuptools<80']\nno-binary-package = ['b', 'a']\nindex-strategy = 'first-index'\n",
			"build-constraint-dependencies = [\"setuptools<80\"]\nindex-strategy = \"first-index\"\nno-binary-package = [\"b\", \"a\"]\nno-build = true\n",
		},
		{
			"tables",
			"[[tool.uv.dependency-metadata]]\nname = 'a'\nversion = '1'\n[[tool.uv.dependency-metadata]]\nname = 'b'\n",
			"[[dependency-metadata]]\nname = \"a\"\nversion = \"1\"\n\n[[dependency-metadata]]\nname = \"b\"\n",
		},
		{"an empty list", "no-build-package = []\n", "no-build-package = []\n"},
		{
			"indexes",
			`[[tool.uv.index]]
name = "one"
url = "https://user@index.example.com/simple"
publish-url = "https://index.example.com/upload"
explicit = true
[[tool.uv.index]]
name = "local"
url = "./vendor"
[[tool.uv.index]]
url = "http://other.example.com/simple"
default = true
`,
			`[[index]]
explicit = true
name = "one"
url = "https://user@index.example.com/simple"

[[index]]
default = true
url = "http://other.example.com/simple"
`,
		},
		{
			"older places",
			"index-url = 'https://index.example.com/simple'\nextra-index-url = ['https://b.example.com']\nfind-links = ['./wheels', 'https://c.example.com/links']\n",
			"extra-index-url = [\"https://b.example.com\"]\nfind-links = [\"https://c.example.com/links\"]\nindex-url = \"https://index.example.com/simple\"\n",
		},
		{"a day", "exclude-newer = '2026-12-31'\n", "exclude-newer = \"2027-01-01T00:00:00Z\"\n"},
		{"a moment", "exclude-newer = '2026-12-31T10:00:00+02:00'\n", "exclude-newer = \"2026-12-31T10:00:00+02:00\"\n"},
		{"a span", "exclude-newer = '3 days'\n", ""},
		{
			"tables", "config-settings = { b = 'x', a = ['y', 'z'] }\n",
			"[config-settings]\na = [\"y\", \"z\"]\nb = \"x\"\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := parsePyproject(t, "[tool.uv]\n"+tt.uv)
			require.NoError(t, err)
			got, err := p.InstallSettings(Installation{})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

// TestInstallSettingsOfMembers: a member's indexes serve its own sources only, and
// the workspace's come first.
func TestInstallSettingsOfMembers(t *testing.T) {
	t.Parallel()
	index := func(name, url, more string) string {
		return "[[tool.uv.index]]\n" + name + "url = 'https://" + url + "/simple'\n" + more
	}
	top := parse(t, index("name = 'a'\n", "top.example.com", ""))
	member := parse(t, index("name = 'a'\n", "other.example.com", "")+index("name = 'b'\n", "b.example.com", "default = true\n")+index("", "unnamed.example.com", ""))
	got, err := top.InstallSettings(Installation{}, member, parse(t, ""))
	require.NoError(t, err)
	assert.Equal(t, `[[index]]
name = "a"
url = "https://top.example.com/simple"

[[index]]
explicit = true
name = "b"
url = "https://b.example.com/simple"
`, got)
	_, err = top.InstallSettings(Installation{}, parse(t, index("name = 'c'\n", "user:hunter2@c.example.com", "")))
	require.ErrorContains(t, err, "pyproject.toml:3: ")
	assert.NotContains(t, err.Error(), "hunter2")
}

func TestHasUser(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{"https://example.com/simple": false, "https://user@example.com/simple": true, "https://@example.com": false, "://": false} {
		assert.Equal(t, want, NamedIndex{URL: url}.HasUser(), url)
	}
}

func TestInstallSettingsRefusePasswords(t *testing.T) {
	t.Parallel()
	p, err := parsePyproject(t, `[tool.uv]
index-url = "https://user:hunter2@index.example.com/simple"
find-links = ["https://%zz"]
[[tool.uv.index]]
name = "my.idx"
url = "https://user:hunter2@index.example.com/simple"
`)
	require.NoError(t, err)
	_, err = p.InstallSettings(Installation{})
	assert.EqualError(t, err, `pyproject.toml:2: the URL holds a password, which would be kept in the records of the build: `+
		`take it out and name the index in [[tool.uv.index]] and pass UV_INDEX_<NAME>_PASSWORD as a build secret
pyproject.toml:3: find-links is not a URL: correct it
pyproject.toml:6: the URL holds a password, which would be kept in the records of the build: `+
		`take it out and pass it as the build secret UV_INDEX_MY_IDX_PASSWORD`)
}
