package project

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// loadLock reads a lock of testdata.
func loadLock(t testing.TB, name string) *Lock {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	lock, err := ParseLock("uv.lock", data)
	require.NoError(t, err)
	return lock
}

func names(packages []*Package) string {
	list := make([]string, len(packages))
	for i, p := range packages {
		list[i] = p.Name
	}
	return strings.Join(list, " ")
}

func TestParseLock(t *testing.T) {
	t.Parallel()
	lock := loadLock(t, "workspace.lock")
	assert.Equal(t, "uv.lock", lock.Name)
	assert.EqualValues(t, 1, lock.Version)
	assert.Equal(t, ">=3.11", lock.RequiresPython)
	assert.Len(t, lock.Packages, 14)
	assert.Equal(t, "api core nested root tools worker", names(lock.Local()))

	anyio := lock.Find("AnyIO")
	require.NotNil(t, anyio)
	assert.Equal(t, 18, anyio.Line)
	assert.Equal(t, plan.Location{File: "uv.lock", Line: 18, EndLine: 21}, lock.Locate(anyio))
	assert.Equal(t, plan.Location{File: "uv.lock", Line: 3, EndLine: 3}, lock.LocateKey("requires-python"))
	assert.Equal(t, plan.Location{File: "uv.lock", Line: 1, EndLine: 1}, lock.LocateKey("supported-markers"))
	assert.Equal(t, "4.0.0", anyio.Version)
	assert.Equal(t, "https://index.example.com/simple", anyio.Source.Registry)
	assert.Equal(t, &File{
		Filename: "anyio-4.0.0.tar.gz", Host: "files.example.com", Hashed: true, Size: 100,
		URL: "https://files.example.com/anyio-4.0.0.tar.gz", Hash: "sha256:01",
	}, anyio.Sdist)
	assert.Equal(t, "anyio-4.0.0-py3-none-any.whl", anyio.Wheels[0].Filename)
	assert.Equal(t, Dependency{Name: "exceptiongroup", Marker: "python_full_version < '3.11'"}, anyio.Dependencies[0])

	api := lock.Find("api")
	assert.Equal(t, []string{"debug", "nothing"}, api.Extras())
	assert.Equal(t, []string{"dev", "empty", "prod"}, api.Groups())
	assert.Equal(t, []string{"fast"}, api.Dependencies[0].Extra)
	assert.Nil(t, lock.Find("absent"))
}

func TestParseLockSources(t *testing.T) {
	t.Parallel()
	lock := loadLock(t, "sources.lock")
	assert.Equal(t, "direct-3.7.tar.gz", lock.Find("direct").Sdist.Filename)
	assert.Equal(t, "archive-1.16.0-py2.py3-none-any.whl", lock.Find("archive").Wheels[0].Filename)
	assert.Equal(t, "flat-1.0-py3-none-any.whl", lock.Find("flat").Wheels[0].Filename)
	assert.NotEmpty(t, lock.Find("repository").Source.Git)

	dir, ok := lock.Find("packaged").Source.Local()
	assert.Equal(t, ".", dir)
	assert.True(t, ok)
	_, ok = lock.Find("archive").Source.Local()
	assert.False(t, ok)
}

func TestParseLockErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, data, want string }{
		{
			"newer schema", "version = 2\n",
			"uv.lock:1: the lock has schema version 2, and only version 1 is known: " +
				"write it again with `uv lock` of a uv that writes version 1",
		},
		{
			"newer schema of another shape", "version = 2\npackage = 3\n",
			"uv.lock:1: the lock has schema version 2, and only version 1 is known: " +
				"write it again with `uv lock` of a uv that writes version 1",
		},
		{"empty", "", "uv.lock:1: the lock has no schema version: write it again with `uv lock`"},
		{
			"merge conflict", "version = 1\n<<<<<<< HEAD\n",
			"uv.lock:2: malformed lock: invalid character at start of key: U+003C '<': write it again with `uv lock`",
		},
		{
			"nameless package", "version = 1\n\n[[package]]\nversion = '1'\n",
			"uv.lock:3: a [[package]] has no name: write the lock again with `uv lock`",
		},
		{
			"too large", strings.Repeat("#", 65<<20),
			"uv.lock: the lock is over the limit of 64 MiB: check that it is a uv.lock",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseLock("uv.lock", []byte(tt.data))
			require.EqualError(t, err, tt.want)
			var located *source.Error
			require.ErrorAs(t, err, &located)
		})
	}
}

func TestParseLockMistakesHaveTheirLine(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, data, want string }{
		{"number for a text", "name = 3\n", "uv.lock:3: malformed lock: this is not a string"},
		{"text for a number", "name = 'a'\nwheels = [\n    { size = 1 },\n    { size = '2' },\n]\n", "uv.lock:6: malformed lock: this is not an integer of 64 bits"},
		{"number without bounds", "name = 'a'\nsdist = { size = 99999999999999999999 }\n", "uv.lock:4: malformed lock: this is not an integer of 64 bits"},
		{"text for a table", "name = 'a'\nsource = 'b'\n", "uv.lock:4: malformed lock: this is not a table"},
		{"table for an array", "name = 'a'\n\n[[package.wheels]]\nurl = 'b'\n", "uv.lock:6: malformed lock: this is not an array"},
		{"key twice", "name = 'a'\nversion = '1'\nversion = '2'\n", "uv.lock:5: malformed lock: this key is there twice"},
		{"array twice", "name = 'a'\nwheels = []\nwheels = []\n", "uv.lock:5: malformed lock: this key is there twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseLock("uv.lock", []byte("version = 1\n[[package]]\n"+tt.data))
			require.EqualError(t, err, tt.want+": write it again with `uv lock`")
		})
	}
	_, err := ParseLock("uv.lock", []byte("version = 1\n[package]\nname = 'a'\n"))
	require.EqualError(t, err, "uv.lock:3: malformed lock: this is not an array of tables: write it again with `uv lock`")
}

// What uv writes as an inline table may as well have a header or dotted keys.
func TestParseLockForms(t *testing.T) {
	t.Parallel()
	want := &Package{
		Name: "a", Version: "1", Source: Source{Registry: "https://index.example.com/simple"},
		OptionalDependencies: map[string][]Dependency{"x.y": {{Name: "b", Extra: []string{"c"}}}},
		Metadata: Metadata{
			RequiresDist: []Requirement{{Name: "b", Source: Source{Git: "https://git.example.com/b"}}},
			RequiresDev:  map[string][]Requirement{"dev": {{Name: "d", Specifier: ">=1"}}},
		},
		Sdist: &File{Filename: "a-1.tar.gz", Host: "files.example.com:8443", Hashed: true, Size: 1000, URL: "https://files.example.com:8443/a-1.tar.gz", Hash: "sha256:1"},
		Line:  2, EndLine: 5,
	}
	inline := `version = 1
[[package]]
name = "a"
version = "1"
source = { registry = "https://index.example.com/simple" }
optional-dependencies = { "x.y" = [{ name = "b", extra = ["c"] }] }
metadata = { requires-dist = [{ name = "b", git = "https://git.example.com/b" }], requires-dev = { dev = [{ name = "d", specifier = ">=1" }] } }
sdist = { url = "https://files.example.com:8443/a-1.tar.gz", hash = "sha256:1", size = 1_000 }
`
	headers := `version = 1
[[package]]
name = "a"
version = "1"
source.registry = "https://index.example.com/simple"
sdist.url = "https://files.example.com:8443/a-1.tar.gz"
sdist.hash = "sha256:1"
sdist.size = 1000

[package.optional-dependencies]
"x.y" = [{ name = "b", extra = ["c"] }]

[package.metadata]
requires-dist = [{ name = "b", git = "https://git.example.com/b" }]

[package.metadata.requires-dev]
dev = [{ name = "d", specifier = ">=1" }]

[another.table]
name = "c"
`
	for name, text := range map[string]string{
		"inline": inline, "headers": headers,
		"CRLF": strings.ReplaceAll(headers, "\n", "\r\n"), "BOM": "\xef\xbb\xbf" + inline,
	} {
		lock, err := ParseLock("uv.lock", []byte(text))
		require.NoError(t, err, name)
		assert.Equal(t, []Package{*want}, lock.Packages, name)
	}
}

func TestLockSupports(t *testing.T) {
	t.Parallel()
	env := TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "amd64")
	ok, err := loadLock(t, "conflicts.lock").Supports(env)
	require.NoError(t, err)
	assert.True(t, ok)
	ok, err = loadLock(t, "workspace.lock").Supports(env)
	require.NoError(t, err)
	assert.True(t, ok)
	ok, err = (&Lock{SupportedMarkers: []string{"sys_platform == 'darwin'"}}).Supports(env)
	require.NoError(t, err)
	assert.False(t, ok)
}

func FuzzParseLock(f *testing.F) {
	for _, name := range []string{"workspace.lock", "conflicts.lock", "sources.lock"} {
		data, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lock, err := ParseLock("uv.lock", data)
		if err != nil {
			var located *source.Error
			require.ErrorAs(t, err, &located)
			return
		}
		rt, _ := LookupRuntime(Version{3, 13})
		for _, p := range lock.Local() {
			c, err := lock.Closure(p.Name, nil, nil, TargetEnvironment(NewInterpreter(rt.Version, rt.Version.String()+".0", nil), "arm64"))
			if err == nil {
				c.MissingWheels(rt, "arm64", BuildSettings{})
			}
		}
	})
}

// BenchmarkParseLock reads a lock of 3,000 packages, each with ten wheels.
func BenchmarkParseLock(b *testing.B) {
	var text strings.Builder
	text.WriteString("version = 1\nrevision = 3\nrequires-python = \">=3.13\"\n")
	for i := range 3000 {
		fmt.Fprintf(&text, "\n[[package]]\nname = \"package-%d\"\nversion = \"1.0\"\n", i)
		text.WriteString("source = { registry = \"https://index.example.com/simple\" }\ndependencies = [\n")
		fmt.Fprintf(&text, "    { name = \"package-%d\", marker = \"python_full_version < '3.15'\" },\n]\nwheels = [\n", (i+1)%3000)
		for tag := range 10 {
			fmt.Fprintf(&text, "    { url = \"https://files.example.com/package_%d-1.0-cp3%d-cp3%d-manylinux_2_28_aarch64.whl\", "+
				"hash = \"sha256:%064d\", size = 12345, upload-time = \"2026-01-01T00:00:00Z\" },\n", i, tag, tag, tag)
		}
		text.WriteString("]\n")
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := ParseLock("uv.lock", data); err != nil {
			b.Fatal(err)
		}
	}
}
