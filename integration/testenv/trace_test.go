package testenv

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReadTrace(t *testing.T) {
	t.Parallel()
	const stderr = `{"Vertexes":[{"Digest":"sha256:a","Name":"[1/2] install"},{"Digest":"sha256:b","Name":"[2/2] copy"}]}
{"Vertexes":[{"Digest":"sha256:a","Name":"[1/2] install","Started":"2026-01-01T00:00:00Z"}],"Logs":[{"Vertex":"sha256:a","Data":"b25lIA=="}]}
{"Vertexes":[{"Digest":"sha256:b","Name":"[2/2] copy","Started":"2026-01-01T00:00:00Z","Completed":"2026-01-01T00:00:00Z","Cached":true}]}
{"Logs":[{"Vertex":"sha256:a","Data":"dHdv"}]}
{"Vertexes":[{"Digest":"sha256:a","Name":"[1/2] install","Started":"2026-01-01T00:00:00Z","Completed":"2026-01-01T00:00:02Z","Error":"exit code: 1"}]}
pyproject.toml:3
ERROR: it failed
`
	trace, text := readTrace([]byte(stderr))
	require.Equal(t, Trace{
		{Name: "[1/2] install", Duration: 2 * time.Second, Error: "exit code: 1", Log: "one two"},
		{Name: "[2/2] copy", Cached: true},
	}, trace)
	require.Equal(t, "pyproject.toml:3\nERROR: it failed\n", text)
	require.Equal(t, []string{"[1/2] install"}, trace.Ran().Names())
	require.Empty(t, trace.Finished())
	require.Equal(t, []string{"[2/2] copy"}, trace.Named("copy").Names())
	require.Equal(t, "one two", trace.Log())
}

func TestStages(t *testing.T) {
	t.Parallel()
	trace := Trace{
		{Name: "[internal] load build definition from pyproject.toml"},
		{Name: "[page internal] load project files"},
		{Name: "docker-image://example.com/base"},
		{Name: "[example 4/5] copy the application"},
		{Name: "[page example] check that uv.lock is up to date"},
		{Name: "exporting to image"},
		{Name: "[page] exporting to image"},
		{Name: "[page] docker-image://example.com/base"},
	}
	require.Equal(t, []string{"[example 4/5] copy the application", "[page example] check that uv.lock is up to date"}, trace.Stages().Names())
}
