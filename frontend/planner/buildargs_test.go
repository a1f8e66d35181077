package planner_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

// Arguments that uv knows as variables are refused, and what they hold is never
// repeated.
func TestBuildArgumentsOfUV(t *testing.T) {
	t.Parallel()
	const index = "name the index in pyproject.toml by [[tool.uv.index]] with `name`, `url`"
	const secret = "; its password is to be passed as the build secret UV_INDEX_<NAME>_PASSWORD, since build arguments are kept in the records of the build"
	const scm = "write `fallback_version` into [tool.setuptools_scm], or `fallback-version` into [tool.hatch.version], which count where there is no .git"
	for arg, want := range map[string]string{
		"UV_DEFAULT_INDEX=https://packages.example.com/simple":           index + " and `default = true`, and lock again",
		"UV_INDEX_URL=https://me@packages.example.com/simple":            index + " and `default = true`, and lock again",
		"UV_INDEX=own=https://me:hunter2@packages.example.com/simple":    index + ", and lock again" + secret,
		"UV_EXTRA_INDEX_URL=https://a.example.com https://a:hunter2@b/c": index + ", and lock again" + secret,
		"UV_FIND_LINKS=./wheels":                                         "name the place in pyproject.toml by `find-links` of [tool.uv], and lock again",
		"SETUPTOOLS_SCM_PRETEND_VERSION=1.0":                             scm,
		"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_API=1.0":                     scm,
		"UPGRADE=all": "",
		"HTTPS_PROXY=http://me:hunter2@proxy.example.com": "",
	} {
		in, err := newInput(contextOf(base()), client{})
		require.NoError(t, err)
		name, value, _ := strings.Cut(arg, "=")
		in.BuildArgs = map[string]string{name: value}
		_, err = planner.Decide(in)
		if want == "" {
			require.NoError(t, err, arg)
			continue
		}
		require.EqualError(t, err, "pyproject.toml:7: the build argument "+name+" is not read: "+want)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}
