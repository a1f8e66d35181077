package project

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

func TestCheckUV(t *testing.T) {
	t.Parallel()
	const groups = "[dependency-groups]\nDev_Tools = []\n[tool.uv]\n"
	tests := []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"what uv knows", groups + "no-build = true\ndefault-groups = ['dev.tools']\nenvironments = 'x'\npreview-features = true\nconcurrent-builds = 2\n", ""},
		{"all groups", groups + "default-groups = 'all'\n", ""},
		{"what no uv knows", groups + "no-buld = 1\n", ""},
		{
			"a boolean in quotes", groups + "no-build = 'true'\n",
			"pyproject.toml:4: no-build of [tool.uv] must be a boolean, not a string, or uv ignores the whole table: write it as in `no-build = true`",
		},
		{
			"a table for tables", groups + "dependency-metadata = { name = 'a' }\n",
			"pyproject.toml:4: dependency-metadata of [tool.uv] must be an array, not a table, or uv ignores the whole table: write it as in `[[tool.uv.dependency-metadata]]`",
		},
		{
			"a bare date", groups + "exclude-newer = 2026-11-01\n",
			"pyproject.toml:4: exclude-newer of [tool.uv] must be a string or a boolean, not a date or time, or uv ignores the whole table: write it as in `exclude-newer = \"2026-11-01\"`",
		},
		{
			"a float", groups + "concurrent-builds = 1.5\n",
			"pyproject.toml:4: concurrent-builds of [tool.uv] must be an integer, not a float, or uv ignores the whole table: write it as in `concurrent-builds = 1`",
		},
		{
			"an unmanaged project", "[tool.uv]\nmanaged = false\n",
			"pyproject.toml:2: managed = false keeps uv from locking the project, and a build goes by uv.lock: remove the line, or set it to true",
		},
		{
			"groups that are not there", groups + "default-groups = ['dev-tool', 'x']\n",
			"pyproject.toml:4: default-groups names the group \"dev-tool\", which [dependency-groups] does not have, so uv refuses the project: did you mean \"dev-tools\"?\n" +
				"pyproject.toml:4: default-groups names the group \"x\", which [dependency-groups] does not have, so uv refuses the project: define it there, or remove it here",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := parsePyproject(t, tt.text)
			if err == nil {
				err = p.CheckUV()
			}
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			assert.EqualError(t, err, tt.want)
		})
	}
}

// TestUVKeys: the table is sorted, names each entry once, and knows when uv began to know
// it.
func TestUVKeys(t *testing.T) {
	t.Parallel()
	for i, key := range UVKeys() {
		if i > 0 {
			assert.Less(t, UVKeys()[i-1].Name, key.Name)
		}
		found, ok := FindUVKey(key.Name)
		assert.True(t, ok && found.Name == key.Name, key.Name)
	}
	_, ok := FindUVKey("no-buld")
	assert.False(t, ok)
	key := UVKey{Since: "0.9.23"}
	for uv, want := range map[string]bool{"": true, "0.9.22": false, "0.9.23": true, "0.13.9": true} {
		assert.Equal(t, want, key.KnownTo(uv), uv)
	}
}

// TestReducedLeavesIdleOut: what changes nothing of a lock is not read by the steps that
// check and export it.
func TestReducedLeavesIdleOut(t *testing.T) {
	t.Parallel()
	text, altered, ok := parse(t, "[tool.uv]\nlink-mode = 'copy'\nupgrade = true\npip = { strict = true }\nprerelease = 'allow'\nof-a-newer-uv = 1\n").Reduced(true, nil, nil)
	assert.True(t, ok)
	assert.False(t, altered)
	assert.Equal(t, "[tool]\n[tool.uv]\nof-a-newer-uv = 1\nprerelease = 'allow'\n", text)
	text, _, ok = parse(t, "[tool.uv]\nlink-mode = 'copy'\n").Reduced(true, nil, nil)
	assert.True(t, ok)
	assert.Empty(t, text)
}

func TestInstallation(t *testing.T) {
	t.Parallel()
	const proxies = "https-proxy = 'http://proxy.example.com'\nrequire-build-hashes = true\nno-build = true\n"
	const dates = "exclude-newer-package = { a = '2026-12-31', b = '3 days', c = false }\n"
	versions := map[string]string{"numpy": "2.5.4"}
	tests := []struct {
		name, uv string
		to       Installation
		want     string
	}{
		{"an old uv", proxies, Installation{UV: "0.8.14"}, "no-build = true\n"},
		{"a newer one", proxies, Installation{UV: "0.9.26"}, "https-proxy = \"http://proxy.example.com\"\nno-build = true\n"},
		{"the newest", proxies, Installation{UV: KnownUV}, "https-proxy = \"http://proxy.example.com\"\nno-build = true\nrequire-build-hashes = true\n"},
		{"uv of an image", proxies, Installation{}, "https-proxy = \"http://proxy.example.com\"\nno-build = true\nrequire-build-hashes = true\n"},
		{"dates", dates, Installation{}, "[exclude-newer-package]\na = \"2027-01-01T00:00:00Z\"\nc = false\n"},
		{"dates of an old uv", dates, Installation{UV: "0.8.14"}, "[exclude-newer-package]\na = \"2027-01-01T00:00:00Z\"\n"},
		{"spans", "exclude-newer-package = { b = '3 days' }\n", Installation{}, ""},
		{
			"versions that the function gets", "extra-build-dependencies = { A = ['torch', { requirement = 'NumPy[x]>=2 ; python_version > \"3\"', match-runtime = true }, { requirement = 'pandas', match-runtime = false }] }\n",
			Installation{Versions: versions},
			"[extra-build-dependencies]\nA = [\"torch\", \"numpy[x]==2.5.4 ; python_version > \\\"3\\\"\", {match-runtime = false, requirement = \"pandas\"}]\n",
		},
		{
			"versions that it does not get", "extra-build-dependencies = { a = [{ requirement = 'torch', match-runtime = true }, { match-runtime = true }] }\n",
			Installation{Versions: versions},
			"[extra-build-dependencies]\n\n[[extra-build-dependencies.a]]\nmatch-runtime = true\nrequirement = \"torch\"\n\n[[extra-build-dependencies.a]]\nmatch-runtime = true\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := parse(t, "[tool.uv]\n"+tt.uv)
			got, err := p.InstallSettings(tt.to)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			again := parse(t, "[tool.uv]\n"+tt.uv)
			assert.Equal(t, again.UV, p.UV, "the table is not changed")
		})
	}
}

// TestWheelSettingsOfProxies: a download goes by a proxy whatever it is of.
func TestWheelSettingsOfProxies(t *testing.T) {
	t.Parallel()
	p := parse(t, "[tool.uv]\nhttps-proxy = 'http://proxy.example.com'\nno-build = true\nsystem-certs = true\n")
	got, _, err := p.WheelSettings(&Package{}, Installation{})
	require.NoError(t, err)
	assert.Equal(t, []string{`https-proxy = "http://proxy.example.com"`, "system-certs = true"}, strings.Split(strings.TrimSpace(got), "\n"))
}

// TestForPackage: what is for one package is found by any spelling of its name.
func TestForPackage(t *testing.T) {
	t.Parallel()
	p := parse(t, `[tool.uv]
config-settings-package = { My_Tool = { b = ["1", "2"], a = "3", c = 4 }, other = { a = "5" } }
extra-build-variables = { my-tool = { MODE = "release", LEVEL = 2 }, other = {} }
`)
	assert.Equal(t, plan.PackageBuild{
		ConfigSettings: []string{"a=3", "b=1", "b=2"}, BuildVariables: map[string]string{"MODE": "release"},
	}, p.ForPackage("my.tool"))
	assert.Zero(t, p.ForPackage("none"))
}

func TestWithoutSource(t *testing.T) {
	t.Parallel()
	p := parse(t, "[tool.uv]\nno-sources-package = ['A_b']\n")
	assert.True(t, p.WithoutSource("a-b"))
	assert.False(t, p.WithoutSource("b"))
	assert.True(t, parse(t, "[tool.uv]\nno-sources = true\n").WithoutSource("b"))
}

// TestPasswordOfAProxy: a netrc file is for indexes.
func TestPasswordOfAProxy(t *testing.T) {
	t.Parallel()
	require.NoError(t, parse(t, "[tool.uv]\nhttp-proxy = 'http://proxy.example.com'\nno-proxy = ['example.com']\n").Passwords())
	err := parse(t, "[tool.uv]\nhttps-proxy = 'http://me:hunter2@proxy.example.com'\n").Passwords()
	require.EqualError(t, err, "pyproject.toml:2: the URL holds a password, which would be kept in the records of the build: take it out, and pass the proxy by --build-arg HTTPS_PROXY=URL and HTTP_PROXY=URL, which no layer and no cache key has")
}
