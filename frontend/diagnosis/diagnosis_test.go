package diagnosis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// built is a plan with all steps, each of which a line asks for.
func built() *plan.Plan {
	at := func(file string, line int) plan.Location { return plan.Location{File: file, Line: line, EndLine: line} }
	return &plan.Plan{
		Lock:         &plan.Lock{Source: at("pyproject.toml", 1)},
		LockCheck:    &plan.LockCheck{Source: at("pyproject.toml", 2)},
		Export:       &plan.Export{Source: at("pyproject.toml", 3)},
		Dependencies: &plan.Dependencies{Source: at("pyproject.toml", 4)},
		Members:      []plan.Member{{Name: "library", Source: at("library/pyproject.toml", 5)}},
		Archive:      &plan.Archive{Name: "api", Source: at("pyproject.toml", 6)},
	}
}

func TestExplainStages(t *testing.T) {
	t.Parallel()
	p := built()
	cause := errors.New("exit code: 2")
	tests := []struct {
		failure diagnosis.Failure
		want    string
	}{
		{diagnosis.Failure{Stage: "install"}, "pyproject.toml:4: installing the dependencies failed (exit code: 2): the build's output above says why"},
		{diagnosis.Failure{Stage: "member", Member: &p.Members[0]}, "library/pyproject.toml:5: building library failed (exit code: 2): the build's output above says why"},
		{diagnosis.Failure{Stage: "lock"}, "pyproject.toml:1: locking failed (exit code: 2): the build's output above says why"},
		{diagnosis.Failure{Stage: "export"}, "pyproject.toml:3: exporting the locked packages failed (exit code: 2): the build's output above says why"},
		{diagnosis.Failure{Stage: "deflate"}, "pyproject.toml:6: writing api.zip failed (exit code: 2): the build's output above says why"},
		{diagnosis.Failure{Stage: "assemble", Messages: "it is too large"}, "pyproject.toml:6: api.zip: it is too large"},
		{diagnosis.Failure{Stage: "another"}, "the build failed (exit code: 2): the build's output above says why"},
		{diagnosis.Failure{Stage: "check", LockCommand: "build --target lock", Messages: "error: The lockfile needs to be updated"},
			"pyproject.toml:2: uv.lock does not match pyproject.toml: refresh it with `uv lock`, or without uv by `build --target lock`; " +
				"`lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is"},
		{diagnosis.Failure{Stage: "check", Messages: "Failed to build `library`"},
			"pyproject.toml:2: checking uv.lock failed: a package could not be built from its sources: correct what its build backend reports\n" +
				"  | Failed to build `library`"},
		{diagnosis.Failure{Stage: "install", Messages: "error: something new  \n  Caused by: more"},
			"pyproject.toml:4: installing the dependencies failed: correct what uv reports:\n  | error: something new\n  |   Caused by: more"},
	}
	for _, test := range tests {
		test.failure.Cause = cause
		err := diagnosis.Explain(test.failure, p)
		require.EqualError(t, err, test.want)
		var located *source.Error
		require.ErrorAs(t, err, &located)
	}
	require.NotErrorIs(t, diagnosis.Explain(diagnosis.Failure{Stage: "install", Cause: cause}, p), cause)
}

// TestExplainCauses holds what uv says, some of it wrapped and framed as on a
// terminal, against what a person is told.
func TestExplainCauses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ messages, reason string }{
		"hash": {
			"  × Failed to download `tools==1.0`\n  ╰─▶ Hash mismatch for `tools==1.0`\n      Expected: 0",
			"the file of tools==1.0 is not the one that uv.lock names: find out who replaced it, and lock again only if that is right",
		},
		"credentials": {
			"  ├─▶ Failed to fetch: `https://packages.example.com`\n  ╰─▶ HTTP status client error (401\n      Unauthorized)",
			"an index wants credentials: pass them as --secret id=UV_INDEX_<NAME>_USERNAME and --secret id=UV_INDEX_<NAME>_PASSWORD " +
				"(the index's name in capitals), or --secret id=netrc",
		},
		"certificate": {
			"client error (Connect): invalid peer\n  │ certificate: UnknownIssuer",
			"a package index's TLS certificate is not trusted: pass your authority's certificate as --secret id=ca,src=FILE",
		},
		"network": {
			"  ╰─▶ dns error: failed to lookup address information",
			"a package index could not be reached: check the network of the builder, or set a proxy by --build-arg HTTPS_PROXY=…",
		},
		"disk": {
			"error: No space left on device (os error 28)",
			"the builder's disk is full: free some with `docker buildx prune`",
		},
		"architecture": {
			"The built wheel `tools-1.0-cp313-cp313-linux_x86_64.whl` is not compatible with the target Python 3.13",
			"a package built from source has native code, which cannot be built for another architecture: " +
				"build on a builder of that architecture, or depend on a version with wheels",
		},
		"no-build": {
			"Package `tools` can't be installed because it is marked as `--no-build` but has no binary distribution",
			"tools has no wheel, and building it is not allowed: remove it from no-build, or depend on a version with wheels",
		},
		"compiler": {
			"  × Failed to build `tools==1.0`\n  ╰─▶ error: command 'gcc' failed: No such file or directory: 'gcc'",
			"tools==1.0 has no wheel for this target and native code, which takes a compiler that the Lambda base does not have: " +
				"depend on a version or a package with wheels, or build the wheel elsewhere and depend on that file",
		},
		"backend": {
			"  ╰─▶ The build backend returned an error\n  Build backend failed to build wheel",
			"a package could not be built from its sources: correct what its build backend reports",
		},
		"resolution": {
			"  × No solution found when resolving dependencies:\n  ╰─▶ Because tools was not found in the package registry",
			"the dependencies contradict each other or do not exist: change those that uv names",
		},
		"absent": {
			"Because there are no versions of tools",
			"a dependency does not exist on the index: correct its name or version",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := diagnosis.Explain(diagnosis.Failure{Stage: "install", Messages: test.messages}, built())
			lines := strings.Split(err.Error(), "\n")
			assert.Equal(t, "pyproject.toml:4: installing the dependencies failed: "+test.reason, lines[0])
			assert.Len(t, lines, 1+len(strings.Split(test.messages, "\n")), "uv's own words follow")
		})
	}
}

func TestExplainRepeatsTheLastLinesOnly(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 25 {
		lines = append(lines, fmt.Sprintf("line %d", i+1))
	}
	err := diagnosis.Explain(diagnosis.Failure{Stage: "install", Messages: strings.Join(lines, "\n")}, built())
	got := strings.Split(err.Error(), "\n")
	require.Len(t, got, 22)
	assert.Equal(t, "  … (5 lines before)", got[1])
	assert.Equal(t, "  | line 6", got[2])
	assert.Equal(t, "  | line 25", got[21])
}
