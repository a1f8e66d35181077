package frontend

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/moby/buildkit/solver/errdefs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// call asks for a subrequest and gives the answer's text and JSON. Clients print
// the text of an outline, which is newer than theirs.
func call(t *testing.T, s *stub, name string) (text string, data []byte) {
	t.Helper()
	res, err := buildForTest(t.Context(), s)
	require.NoError(t, err)
	version := "1.0.0"
	if name == "outline" {
		version = "1.1.0"
	}
	assert.Equal(t, version, string(res.Metadata["version"]), name)
	return string(res.Metadata["result.txt"]), res.Metadata["result.json"]
}

// asking is a stub of a client that asks for a subrequest.
func asking(name string, context, opts map[string]string) *stub {
	all := map[string]string{"requestid": "frontend." + name}
	maps.Copy(all, opts)
	return newStub(context, all)
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	text, data := call(t, asking("subrequests.describe", nil, nil), "describe")
	assert.Equal(t, `NAME                 VERSION DESCRIPTION
outline              1.1.0   List all parameters current build target supports
targets              1.0.0   List all targets current build supports
lint                 1.0.0   Check the build file and the lock without a build
subrequests.describe 1.0.0   List available subrequest types
`, text)
	var list []struct{ Name string }
	require.NoError(t, json.Unmarshal(data, &list))
	assert.Len(t, list, 4)
}

// What is not answered says so by its type, so that clients can fall back.
func TestUnknownSubrequest(t *testing.T) {
	t.Parallel()
	_, err := buildForTest(t.Context(), asking("convertllb", greeting(), nil))
	var unsupported *errdefs.UnsupportedSubrequestError
	require.ErrorAs(t, err, &unsupported)
	assert.Equal(t, "frontend.convertllb", unsupported.Name)
}

// No subrequest resolves an image or runs a step.
func TestSubrequestsOnlyReadFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"outline", "targets", "lint"} {
		s := asking(name, greeting(), nil)
		call(t, s, name)
		assert.Empty(t, s.resolved, name)
		assert.Empty(t, s.execs(), name)
	}
}

// Errors of subrequests have the lines that errors of builds have.
func TestSubrequestErrorsHaveSources(t *testing.T) {
	t.Parallel()
	broken := changed("pyproject.toml", "[tool.uvlambda]\nhandler = 1\n")
	for _, name := range []string{"outline", "targets"} {
		_, err := buildForTest(t.Context(), asking(name, broken, nil))
		require.EqualError(t, err, "pyproject.toml:2: handler must be a string, not an integer: put it in quotes", name)
		checkSource(t, err, "pyproject.toml", 2)
	}
}
