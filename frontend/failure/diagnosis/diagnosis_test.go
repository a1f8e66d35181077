package diagnosis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// built is a plan with all steps, each of which a line asks for.
func built() *plan.Plan {
	p := &plan.Plan{
		Python: plan.Python{Version: "3.13", WheelPlatform: "x86_64-manylinux_2_34"},
		Base:   plan.Image{Ref: "registry.example.com/base:1"},
	}
	p.AddLock(&plan.Lock{}, nil, at("pyproject.toml", 1, 1))
	p.AddLockCheck(&plan.LockCheck{}, nil, at("pyproject.toml", 2, 2))
	p.AddExport(&plan.Export{}, at("pyproject.toml", 3, 3))
	p.AddPackage(&plan.Package{Name: "tools", Version: "1.0"}, nil, at("pyproject.toml", 7, 7))
	p.AddDependencies(&plan.Dependencies{}, nil, at("pyproject.toml", 4, 4))
	p.AddMember(&plan.Member{Name: "library"}, nil, at("library/pyproject.toml", 5, 5))
	p.AddArchive(&plan.Archive{Name: "api"}, at("pyproject.toml", 6, 6))
	return p
}

func TestExplainSteps(t *testing.T) {
	t.Parallel()
	p := built()
	cause := errors.New("exit code: 2")
	tests := []struct {
		failure diagnosis.Failure
		want    string
	}{
		{diagnosis.Failure{Step: p.Step(plan.KindDependencies)}, "pyproject.toml:4: installing the dependencies failed (exit code: 2), and what uv says of it could not be read from the builder: build again"},
		{diagnosis.Failure{Step: p.Step(plan.KindPackage), Report: diagnosis.Report{Messages: "error: Failed to download `tools==1.0`\n  cause: Hash mismatch for `tools==1.0`"}},
			"pyproject.toml:7: installing tools failed: the file of tools==1.0 is not the one that uv.lock names: find out who replaced it, and lock again only if that is right\n" +
				"  | error: Failed to download `tools==1.0`\n  |   cause: Hash mismatch for `tools==1.0`"},
		{diagnosis.Failure{Step: p.Step(plan.KindDependencies), Cause: errors.New("mount callback failed: no space left on device")},
			"pyproject.toml:4: installing the dependencies failed: the builder's disk is full: free some with `docker buildx prune`, or give the builder more\n" +
				"  | mount callback failed: no space left on device"},
		{diagnosis.Failure{Step: p.Step(plan.KindMembers)}, "library/pyproject.toml:5: building library failed (exit code: 2), and what uv says of it could not be read from the builder: build again"},
		{diagnosis.Failure{Step: p.Step(plan.KindLock)}, "pyproject.toml:1: locking failed (exit code: 2), and what uv says of it could not be read from the builder: build again"},
		{diagnosis.Failure{Step: p.Step(plan.KindExport)}, "pyproject.toml:3: exporting the locked packages failed (exit code: 2), and what uv says of it could not be read from the builder: build again"},
		{diagnosis.Failure{Step: p.Step(plan.KindArchive)}, "pyproject.toml:6: writing api.zip failed (exit code: 2): the build's output above says why"},
		{diagnosis.Failure{Step: p.Step(plan.KindArchive), Report: diagnosis.Report{Problem: "too-large", Message: "it is too large"}}, "pyproject.toml:6: api.zip: it is too large"},
		{diagnosis.Failure{Step: &plan.Step{Kind: "another"}}, "the build failed (exit code: 2), and what uv says of it could not be read from the builder: build again"},
		{diagnosis.Failure{Step: p.Step(plan.KindLockCheck), LockCommand: "build --target lock", Report: diagnosis.Report{Messages: "error: The lockfile needs to be updated"}},
			"pyproject.toml:2: uv.lock does not match pyproject.toml: refresh it with `uv lock`, or without uv by `build --target lock`; " +
				"`lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is"},
		{diagnosis.Failure{Step: p.Step(plan.KindLockCheck), Report: diagnosis.Report{Messages: "Failed to build `library`"}},
			"pyproject.toml:2: checking uv.lock failed: a package could not be built from its sources: correct what its build backend reports\n" +
				"  | Failed to build `library`"},
		{diagnosis.Failure{Step: p.Step(plan.KindLockCheck), Report: diagnosis.Report{Messages: "Using CPython 3.13.5 interpreter at: /usr/bin/python3\nerror: The requested interpreter resolved to Python 3.13.5,\nwhich is incompatible with the project's Python requirement: `>=3.13.13`\n\nhint: do this\n"}},
			"pyproject.toml:2: checking uv.lock failed: The requested interpreter resolved to Python 3.13.5, which is incompatible with the project's Python requirement: `>=3.13.13`"},
		{diagnosis.Failure{Step: p.Step(plan.KindLockCheck), Report: diagnosis.Report{Messages: "error: Failed to generate package metadata for `a==1.0 @ path+a.whl`\n  Caused by: Failed to read from the distribution cache\n  Caused by: failed to open file `a.whl`"}},
			"pyproject.toml:2: checking uv.lock failed: Failed to generate package metadata for `a==1.0 @ path+a.whl`: Failed to read from the distribution cache: failed to open file `a.whl`"},
		{diagnosis.Failure{Step: p.Step(plan.KindExport), Report: diagnosis.Report{Messages: "error: The workspace does not have a member lib: /src"}},
			"pyproject.toml:3: exporting the locked packages failed: The workspace does not have a member lib: /src"},
		{diagnosis.Failure{Step: p.Step(plan.KindExport), Report: diagnosis.Report{Messages: "error: Failed to parse: src/svc/pyproject.toml\n  cause: TOML parse error at line 7, column 8\n           |\n         7 | name = \"a b\"\n           |        ^^^^^\n         Index names may only contain letters, but found unsupported character (` `) in: `a b`"}},
			"svc/pyproject.toml:7: uv cannot read svc/pyproject.toml: Index names may only contain letters, but found unsupported character (` `) in: `a b`: correct it"},
		{diagnosis.Failure{Step: p.Step(plan.KindDependencies), Report: diagnosis.Report{Problem: "odd-name", Message: "the file name 'a\\\\b.py' cannot live in a zip archive: rename the file"}},
			"pyproject.toml:4: installing the dependencies failed: the file name 'a\\\\b.py' cannot live in a zip archive: rename the file"},
		{diagnosis.Failure{Step: p.Step(plan.KindDependencies), Report: diagnosis.Report{Problem: "link-outside", Message: "a/b is a symbolic link to ../c, outside of the archive: copy the file itself"}},
			"pyproject.toml:4: installing the dependencies failed: a/b is a symbolic link to ../c, outside of the archive: copy the file itself"},
		{diagnosis.Failure{Step: p.Step(plan.KindMembers), Report: diagnosis.Report{Messages: "Building wheel...\nTraceback (most recent call last):\nRuntimeError: no words\n  × Failed to build `/src/library`\n  ╰─▶ The build backend returned an error\n      hint: This usually indicates a problem with the package or the build\n      environment.\n"}},
			"library/pyproject.toml:5: building library failed: a package could not be built from its sources: correct what its build backend reports\n" +
				"  | Building wheel...\n  | Traceback (most recent call last):\n  | RuntimeError: no words\n  |   × Failed to build `/src/library`\n  |   ╰─▶ The build backend returned an error"},
		{diagnosis.Failure{Step: p.Step(plan.KindMembers), Report: diagnosis.Report{Problem: "no-module", Message: "the wheel holds no module: correct it"}},
			"library/pyproject.toml:5: building library failed: the wheel holds no module: correct it"},
		{diagnosis.Failure{Step: p.Step(plan.KindDependencies), Report: diagnosis.Report{Problem: "too-large", Message: "the installed files have 12 bytes, over Lambda's limit of 10 for images; the largest packages are tools 0.1 MB: leave some out"}},
			"pyproject.toml:4: installing the dependencies failed: the installed files have 12 bytes, over Lambda's limit of 10 for images; the largest packages are tools 0.1 MB: leave some out"},
		{diagnosis.Failure{Step: p.Step(plan.KindDependencies), Report: diagnosis.Report{Messages: "error: something new  \n  Caused by: more"}},
			"pyproject.toml:4: installing the dependencies failed: correct what uv reports:\n  | error: something new\n  |   Caused by: more"},
	}
	for _, test := range tests {
		if test.failure.Cause == nil {
			test.failure.Cause = cause
		}
		err := diagnosis.Explain(test.failure, p)
		require.EqualError(t, err, test.want)
		var located *source.Error
		require.ErrorAs(t, err, &located)
	}
	require.NotErrorIs(t, diagnosis.Explain(diagnosis.Failure{Step: p.Step(plan.KindDependencies), Cause: cause}, p), cause)
}

func TestExplainBuilder(t *testing.T) {
	t.Parallel()
	err := diagnosis.ExplainBuilder(errors.New("failed to copy: no space left on device"))
	require.EqualError(t, err, "the builder's disk is full: free some with `docker buildx prune`, or give the builder more\n  | failed to copy: no space left on device")
	require.NoError(t, diagnosis.ExplainBuilder(errors.New("exit code: 2")))
}

// A cache that was pruned beside a build is missed by whatever step is next, with
// and without a container. What BuildKit says was provoked by `buildctl prune` in a
// loop; the builder forgot it when it was started again.
func TestExplainALostCache(t *testing.T) {
	t.Parallel()
	const said = "failed to prepare buildkit-layer-snapshot-v1-sha256-00 as pb4r9dvu20b16zqzpn881x28h: parent snapshot buildkit-layer-snapshot-v1-sha256-00 does not exist: not found"
	const want = "the builder has lost a part of its cache, as when that is pruned during a build: build again, and when that fails too, " +
		"restart the builder with `docker buildx stop`, or with `uvlambda builder stop` for the command's own\n  | " + said
	require.EqualError(t, diagnosis.ExplainBuilder(errors.New(said)), want)
	p := built()
	for i := range p.Steps {
		require.EqualError(t, diagnosis.Explain(diagnosis.Failure{Step: &p.Steps[i], Cause: errors.New(said)}, p), want, p.Steps[i].Name)
	}
}

// TestExplainAnImageWithoutUV: which of BuildKit's sentences it is depends on which
// step comes first, and on what the builder has cached.
func TestExplainAnImageWithoutUV(t *testing.T) {
	t.Parallel()
	p := built()
	p.UV = plan.Image{Ref: "registry.example.com/uv:1", Source: plan.Location{File: "pyproject.toml", Line: 9, EndLine: 9}}
	for _, said := range []string{
		`failed to compute cache key: failed to calculate checksum of ref a::b: "/uv": not found`,
		`process "/uv export" did not complete successfully: open /uv: no such file or directory`,
		`runc run failed: exec: "/uv": stat /uv: no such file or directory`,
	} {
		f := diagnosis.Failure{Step: p.Step(plan.KindExport), Cause: errors.New(said)}
		require.EqualError(t, diagnosis.Explain(f, p), "pyproject.toml:9: the image registry.example.com/uv:1 has no uv: name an image that holds the binary at /uv, or a version of uv", said)
		f.Report.Messages = "error: open /uv: no such file or directory"
		require.ErrorContains(t, diagnosis.Explain(f, p), "exporting the locked packages failed", "uv ran, and says something else")
	}
}

func TestExplainRepeatsTheLastLinesOnly(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 45 {
		lines = append(lines, fmt.Sprintf("line %d", i+1))
	}
	err := diagnosis.Explain(diagnosis.Failure{Step: built().Step(plan.KindDependencies), Report: diagnosis.Report{Messages: strings.Join(lines, "\n")}}, built())
	got := strings.Split(err.Error(), "\n")
	require.Len(t, got, 42)
	assert.Equal(t, "  … (5 lines before)", got[1])
	assert.Equal(t, "  | line 6", got[2])
	assert.Equal(t, "  | line 45", got[41])
}

// TestExplainUnreadableLock checks the lines of an error about a lock that uv
// cannot read: the lines that uv names, or the lines of the package that uv names.
func TestExplainUnreadableLock(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ messages, want string }{
		{"error: Failed to parse `src/uv.lock`\n  cause: TOML parse error at line 20, column 234\n            |\n         20 | sdist = { size = -1 }\n            |       ^^\n         invalid value: integer `-1`, expected u64",
			"uv.lock:20: uv cannot read uv.lock: invalid value: integer `-1`, expected u64: write it again with `uv lock`"},
		{"  × Failed to parse `src/uv.lock`\n  ├─▶ TOML parse error at line 20, column 234\n  │      |\n  │   20 | sdist = { size = -1 }\n  │      |       ^^\n  │   invalid value: integer `-1`,\n  │   expected u64\n",
			"uv.lock:20: uv cannot read uv.lock: invalid value: integer `-1`, expected u64: write it again with `uv lock`"},
		{"error: Failed to parse `src/uv.lock`\n  cause: Dependency `tools` has missing `source` field but has more than one matching package",
			"uv.lock:20: uv cannot read uv.lock: Dependency `tools` has missing `source` field but has more than one matching package: write it again with `uv lock`"},
		{"error: Failed to parse `src/uv.lock`\n  cause: something new", "uv.lock:1: uv cannot read uv.lock: something new: write it again with `uv lock`"},
	} {
		for _, kind := range []plan.StepKind{plan.KindLockCheck, plan.KindExport} {
			require.EqualError(t, diagnosis.Explain(traced(t, kind, tt.messages), built()), tt.want)
		}
		// Where uv runs in the project's folder, it names the file from there.
		inFolder := strings.ReplaceAll(tt.messages, "src/uv.lock", "uv.lock")
		require.EqualError(t, diagnosis.Explain(traced(t, plan.KindLockCheck, inFolder), built()), tt.want)
	}
}
