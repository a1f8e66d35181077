package diagnosis_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

const (
	pyproject = `[project]
name = "api"
dependencies = [
    "frames",
    "library",
    "clash<2",
]

[[tool.uv.index]]
name = "my-own"
url = "https://packages.example.com/simple/"
`
	lockFile = `version = 1
requires-python = ">=3.13"

[[package]]
name = "api"
source = { virtual = "." }
dependencies = [{ name = "frames" }, { name = "library" }]

[[package]]
name = "frames"
version = "3.0"
source = { registry = "https://other.example.com/simple" }
dependencies = [{ name = "tools" }]
wheels = [{ url = "https://files.example.com/frames-3.0-py3-none-any.whl" }]

[[package]]
name = "library"
source = { directory = "library" }

[[package]]
name = "tools"
version = "1.0"
source = { registry = "https://packages.example.com/simple" }
wheels = [{ url = "https://files.example.com/tools-1.0-py3-none-win_amd64.whl" }, { url = "https://files.example.com/tools-1.0-cp39-cp39-macosx_11_0_arm64.whl" }]
`
)

// traced is a failure with its project and its lock.
func traced(t *testing.T, kind plan.StepKind, messages string) diagnosis.Failure {
	t.Helper()
	doc, err := source.Parse("pyproject.toml", []byte(pyproject))
	require.NoError(t, err)
	own, err := project.ParsePyproject(doc)
	require.NoError(t, err)
	lock, err := project.ParseLock("uv.lock", []byte(lockFile))
	require.NoError(t, err)
	closure, err := lock.Closure("api", nil, nil, project.TargetEnvironment(project.NewInterpreter(project.Version{Major: 3, Minor: 13}, "", nil), "amd64"))
	require.NoError(t, err)
	return diagnosis.Failure{
		Step: built().Step(kind), Report: diagnosis.Report{Messages: messages},
		Origins:  &project.Origins{Lock: lock, Closure: closure, Projects: map[string]*project.Pyproject{"api": own}},
		Projects: []*project.Pyproject{own},
		Indexes:  own.NamedIndexes(),
	}
}

// The chains of the packages above.
const (
	chain       = "tools 1.0 <- frames <- your dependencies, line 4 of pyproject.toml"
	failedTools = "uv.lock:20: installing the dependencies failed (" + chain + "): "
)

// noCompiler is the message for a package when its build lacks a tool.
func noCompiler(tool string) string {
	return "it has no wheel for x86_64-manylinux_2_34 with Python 3.13, and building it takes a compiler that the Lambda base does not have (" + tool + " is missing): " +
		"name an image that has one with `builder`, such as public.ecr.aws/sam/build-python3.13, depend on a version that has a wheel, choose another `python`, or build the wheel elsewhere and depend on that file"
}

// memberCompiler is the message for a member when its build lacks a tool.
func memberCompiler(tool string) string {
	return "it has native code, which takes a compiler that the Lambda base does not have (" + tool + " is missing): name an image that has one with `builder`, such as public.ecr.aws/sam/build-python3.13, build its wheel elsewhere and depend on that file by path, or leave the native code out"
}

// toolsLines are the lines that explain a failure of the package tools.
func toolsLines() []plan.Location {
	return []plan.Location{at("uv.lock", 20, 23), at("pyproject.toml", 4, 4)}
}

func at(file string, line, end int) plan.Location {
	return plan.Location{File: file, Line: line, EndLine: end}
}

// TestExplainCauses compares messages of uv with our explanations. The messages are
// of uv 0.13.9, and of older versions, which wrap and frame them.
func TestExplainCauses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		kind     plan.StepKind
		messages string
		want     string
		shown    []plan.Location
	}{
		{
			"hash", plan.KindDependencies, "error: Failed to download `tools==1.0`\n  cause: Hash mismatch for `tools==1.0`\n\n         Expected:\n           sha256:00",
			failedTools + "the file of tools==1.0 is not the one that uv.lock names: find out who replaced it, and lock again only if that is right", toolsLines(),
		},
		{
			"size", plan.KindDependencies, "error: Failed to download `tools==1.0`\n  cause: Size mismatch for `tools==1.0`: expected 805 bytes, but downloaded 804 bytes",
			failedTools + "the file of tools==1.0 is not the one that uv.lock names: find out who replaced it, and lock again only if that is right", toolsLines(),
		},
		{
			"length", plan.KindDependencies, "error: Failed to download `tools==1.0`\n  cause: Content-Length mismatch for `tools==1.0`: expected 820 bytes, but the server advertised 819 bytes",
			failedTools + "the file of tools==1.0 is not the one that uv.lock names: find out who replaced it, and lock again only if that is right", toolsLines(),
		},
		{
			"credentials of a named index", plan.KindDependencies,
			"  × Failed to download `tools==1.0`\n  ├─▶ Failed to fetch:\n  │   `https://files.example.com/tools-1.0-py3-none-any.whl`\n  ╰─▶ HTTP status client error (401\n      Unauthorized) for url",
			failedTools + `index "my-own" (line 10 of pyproject.toml) wants credentials: pass them as ` +
				"--secret id=UV_INDEX_MY_OWN_USERNAME and --secret id=UV_INDEX_MY_OWN_PASSWORD, or --secret id=netrc",
			append(toolsLines(), at("pyproject.toml", 10, 10)),
		},
		{
			"credentials while locking", "lock",
			"error: Failed to fetch: https://packages.example.com/simple/tools/\n  cause: HTTP status client error (403 Forbidden) for url (https://packages.example.com/simple/tools/)",
			`pyproject.toml:1: locking failed: index "my-own" (line 10 of pyproject.toml) wants credentials: pass them as ` +
				"--secret id=UV_INDEX_MY_OWN_USERNAME and --secret id=UV_INDEX_MY_OWN_PASSWORD, or --secret id=netrc",
			[]plan.Location{at("pyproject.toml", 1, 1), at("pyproject.toml", 10, 10)},
		},
		{
			"credentials that a resolution wants", "lock",
			"error: No solution found when resolving dependencies\n  cause: Because tools was not found in the package registry and your project depends on tools\n\nhint: An index URL (https://packages.example.com/simple) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)",
			`pyproject.toml:1: locking failed: index "my-own" (line 10 of pyproject.toml) wants credentials: pass them as ` +
				"--secret id=UV_INDEX_MY_OWN_USERNAME and --secret id=UV_INDEX_MY_OWN_PASSWORD, or --secret id=netrc",
			[]plan.Location{at("pyproject.toml", 1, 1), at("pyproject.toml", 10, 10)},
		},
		{
			"credentials of an index without a name", plan.KindDependencies,
			"error: Failed to download `frames==3.0`\n  cause: Failed to fetch: https://files.example.com/frames-3.0-py3-none-any.whl\n  cause: HTTP status client error (401 Unauthorized)",
			"uv.lock:9: installing the dependencies failed (frames 3.0 <- your dependencies, line 4 of pyproject.toml): files.example.com wants credentials: " +
				"give its index a name in [[tool.uv.index]], and pass --secret id=UV_INDEX_<NAME>_USERNAME and --secret id=UV_INDEX_<NAME>_PASSWORD (the name in capitals), or pass --secret id=netrc",
			[]plan.Location{at("uv.lock", 9, 12), at("pyproject.toml", 4, 4)},
		},
		{
			"certificate", plan.KindDependencies,
			"  × Failed to download `tools==1.0`\n  ├─▶ error sending request for url\n  │   (https://files.example.com:8443/tools-1.0-py3-none-any.whl)\n  ├─▶ client error (Connect)\n  ╰─▶ invalid peer\n      certificate: UnknownIssuer",
			failedTools + "the TLS certificate of files.example.com:8443 is not trusted: if your own authority signed it, or the authority of a proxy which intercepts TLS, " +
				"pass the authorities to trust (PEM) as --secret id=ca,src=FILE", toolsLines(),
		},
		{
			"network", plan.KindDependencies,
			"error: Request failed after 3 retries in 5.0s\n  cause: Failed to fetch: https://files.example.com/tools-1.0-py3-none-win_amd64.whl?signature=x\n  cause: dns error",
			failedTools + "files.example.com could not be reached: check the network of the builder, or set a proxy by --build-arg HTTPS_PROXY=…", toolsLines(),
		},
		{
			"damaged file", plan.KindDependencies, "error: Failed to download `tools==1.0`\n  cause: Failed to extract archive: tools-1.0-py3-none-any.whl\n  cause: Invalid zip file structure",
			failedTools + "what files.example.com gave is cut short or no package, as when a proxy answers in its place: try again, or ask those who run it", toolsLines(),
		},
		{
			"file that is gone", plan.KindDependencies,
			"error: Failed to download `tools==1.0`\n  cause: HTTP status client error (404 Not Found) for url (https://files.example.com/tools-1.0-py3-none-any.whl)",
			failedTools + "files.example.com no longer has the file that uv.lock names: have it restored, or lock another version", toolsLines(),
		},
		{
			"URL that does not exist", "lock", "error: Failed to fetch: `https://files.example.com/x.whl`\n  Caused by: HTTP status client error (404 Not Found)",
			"pyproject.toml:1: locking failed: https://files.example.com/x.whl does not exist: correct the URL of the index or of the dependency",
			[]plan.Location{at("pyproject.toml", 1, 1)},
		},
		{
			"index that fails", plan.KindDependencies, "error: Failed to download `tools==1.0`\n  cause: HTTP status server error (500 Internal Server Error) for url (https://files.example.com/x)",
			failedTools + "files.example.com failed by itself: try again later, or ask those who run it", toolsLines(),
		},
		{
			"disk", plan.KindDependencies, "error: Failed to download `tools==1.0`\n  cause: failed to write to file `/uvlambda/cache/.tmp/x`: No space left on device (os error 28)",
			failedTools + "the builder's disk is full: free some with `docker buildx prune`, or give the builder more", toolsLines(),
		},
		{
			"disk of the layer", plan.KindDependencies, "error: Failed to install: tools-1.0-py3-none-any.whl (tools==1.0)\n  cause: failed to copy file from /a to /b: No space left on device (os error 28)",
			failedTools + "the builder's disk is full: free some with `docker buildx prune`, or give the builder more", toolsLines(),
		},
		{
			"architecture", plan.KindDependencies, "error: The built wheel `tools-1.0-cp313-cp313-linux_x86_64.whl` is not compatible with the target Python 3.13",
			"pyproject.toml:4: installing the dependencies failed: a package built from source has native code, which cannot be built for another architecture: " +
				"build on a builder of that architecture, or depend on a version with wheels",
			[]plan.Location{at("pyproject.toml", 4, 4)},
		},
		{
			"no wheel for the platform", plan.KindDependencies, "error: Package `tools` can't be installed because it is marked as `--no-build` but has no binary distribution",
			failedTools + "it has no wheel for x86_64-manylinux_2_34 with Python 3.13, only for macosx_11_0_arm64, win_amd64: lock a version that has one, or choose another `python` or platform", toolsLines(),
		},
		{
			"no wheel", plan.KindDependencies, "error: Package `unknown` can't be installed because it is marked as `--no-build` but has no binary distribution",
			"pyproject.toml:4: installing the dependencies failed: unknown has no wheel, and building it is not allowed: remove it from no-build, or depend on a version with wheels",
			[]plan.Location{at("pyproject.toml", 4, 4)},
		},
		{
			"compiler", plan.KindDependencies, "  × Failed to build `tools==1.0`\n  ╰─▶ error: command 'gcc' failed: No such file or directory: 'gcc'",
			failedTools + noCompiler("gcc"), toolsLines(),
		},
		{
			"compiler for meson", plan.KindDependencies, "error: Failed to build `tools==1.0`\n  cause: Call to `mesonpy.build_wheel` failed (exit status: 1)\n\n[stderr]\n../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang']]\n\nhint: Build failures usually indicate a problem with the package",
			failedTools + noCompiler("cc"), toolsLines(),
		},
		{
			"linker of a member", plan.KindMembers, "Building wheel...\nerror: linker `cc` not found\n  |\n  = note: No such file or directory (os error 2)\nerror: could not compile `x`\n  × Failed to build `/src/library`",
			"library/pyproject.toml:5: building library failed (library <- your dependencies, line 5 of pyproject.toml): " + memberCompiler("cc"),
			[]plan.Location{at("library/pyproject.toml", 5, 5), at("pyproject.toml", 5, 5)},
		},
		{
			"compiler of a member", plan.KindMembers, "running build_ext\nerror: command 'x86_64-linux-gnu-gcc' failed: No such file or directory\nerror: Failed to build `/src/library`\n  cause: The build backend returned an error",
			"library/pyproject.toml:5: building library failed (library <- your dependencies, line 5 of pyproject.toml): " + memberCompiler("x86_64-linux-gnu-gcc"),
			[]plan.Location{at("library/pyproject.toml", 5, 5), at("pyproject.toml", 5, 5)},
		},
		{
			"backend", plan.KindDependencies, "   Building tools==1.0\nerror: Failed to build `tools==1.0`\n  cause: The build backend returned an error\n  cause: Call to `backend.build_wheel` failed (exit status: 1)",
			failedTools + "it has no wheel, and its build backend failed: depend on a version with a wheel, or build the wheel elsewhere and depend on that file", toolsLines(),
		},
		{
			"backend of a member", plan.KindMembers, "error: Failed to build `/src/library`\n  cause: The build backend returned an error",
			"library/pyproject.toml:5: building library failed (library <- your dependencies, line 5 of pyproject.toml): " +
				"a package could not be built from its sources: correct what its build backend reports",
			[]plan.Location{at("library/pyproject.toml", 5, 5), at("pyproject.toml", 5, 5)},
		},
		{
			"requirements of a build", plan.KindMembers, "error: Failed to build `/src/library`\n  cause: Failed to resolve requirements from `build-system.requires`\n  cause: No solution found when resolving: `hatchlin`",
			"library/pyproject.toml:5: building library failed (library <- your dependencies, line 5 of pyproject.toml): " +
				"what its build needs cannot be installed: correct `requires` in its [build-system], or what uv names",
			[]plan.Location{at("library/pyproject.toml", 5, 5), at("pyproject.toml", 5, 5)},
		},
		{
			"version of a member", plan.KindMembers, "LookupError: setuptools-scm was unable to detect version for /src/library.\nerror: Failed to build `/src/library`\n  cause: The build backend returned an error",
			"library/pyproject.toml:5: building library failed (library <- your dependencies, line 5 of pyproject.toml): its version comes from git, which a build does not have: " +
				"pass it by --build-arg SETUPTOOLS_SCM_PRETEND_VERSION_FOR_LIBRARY=1.2.3, or name a fallback version in the table of its build backend",
			[]plan.Location{at("library/pyproject.toml", 5, 5), at("pyproject.toml", 5, 5)},
		},
		{
			"folder of packages", plan.KindLock, "error: Failed to read `--find-links` directory: /src/wheel house\n  cause: No such file or directory (os error 2)",
			"pyproject.toml:1: locking failed: the folder wheel house, which [tool.uv] names as an index, is not in the build context: " +
				"name one that is, relative to pyproject.toml, and check that .dockerignore does not hide it",
			[]plan.Location{at("pyproject.toml", 1, 1)},
		},
		{
			"resolution", plan.KindLock, "error: No solution found when resolving dependencies\n  cause: Because frames==3.0 depends on clash>=2 and your project depends on frames, we can conclude that your project depends on clash>=2.",
			"pyproject.toml:6: locking failed: the dependencies contradict each other or do not exist: change those that uv names",
			[]plan.Location{at("pyproject.toml", 6, 6), at("pyproject.toml", 4, 4)},
		},
		{
			"absent", plan.KindLock, "Because there are no versions of unknown",
			"pyproject.toml:1: locking failed: a dependency does not exist on the index: correct its name or version", []plan.Location{at("pyproject.toml", 1, 1)},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := built()
			f := traced(t, tt.kind, tt.messages)
			var err *source.Error
			require.ErrorAs(t, diagnosis.Explain(f, p), &err)
			lines := strings.Split(err.Error(), "\n")
			assert.Equal(t, tt.want, lines[0])
			assert.Equal(t, tt.shown, append([]plan.Location{err.Location}, err.Related...))
			if strings.Contains(tt.want, "compiler that the Lambda base") || strings.Contains(tt.want, "comes from git") || tt.name == "folder of packages" {
				assert.Len(t, lines, 1, "uv's words say no more")
				return
			}
			words, _, _ := strings.Cut(tt.messages, "hint:")
			if i := strings.Index(words, "\nerror:"); i >= 0 {
				words = words[i:]
			}
			assert.Len(t, lines, 1+len(strings.FieldsFunc(words, func(r rune) bool { return r == '\n' })), "uv's own words follow")
		})
	}
}

// TestExplainCredentials compares the secrets that an index wants with the secrets
// of the step and of the client.
func TestExplainCredentials(t *testing.T) {
	t.Parallel()
	const refused = "error: Failed to download `tools==1.0`\n  cause: HTTP status client error (401 Unauthorized) for url (https://packages.example.com/simple/tools/)"
	const index = failedTools + `index "my-own" (line 10 of pyproject.toml) `
	for _, tt := range []struct {
		given   string
		offered []string
		want    string
	}{
		{"", nil, index + "wants credentials: pass them as --secret id=UV_INDEX_MY_OWN_USERNAME and --secret id=UV_INDEX_MY_OWN_PASSWORD, or --secret id=netrc"},
		{"", []string{"UV_INDEX_MYOWN_PASSWORD", "OTHER"}, index + "wants credentials: pass them as --secret id=UV_INDEX_MY_OWN_USERNAME and --secret id=UV_INDEX_MY_OWN_PASSWORD, or --secret id=netrc" +
			"; no index has the secret UV_INDEX_MYOWN_PASSWORD: did you mean UV_INDEX_MY_OWN_PASSWORD?"},
		{"UV_INDEX_MY_OWN_PASSWORD UV_INDEX_MY_OWN_USERNAME", []string{"UV_INDEX_MY_OWN_PASSWORD", "UV_INDEX_MY_OWN_USERNAME"},
			index + "refused the credentials of --secret UV_INDEX_MY_OWN_*: correct them, and see that they may read this index"},
		{"UV_INDEX_MY_OWN_PASSWORD", []string{"UV_INDEX_MYOWN_USERNAME"}, index + "wants a user beside the password of --secret id=UV_INDEX_MY_OWN_PASSWORD: pass --secret id=UV_INDEX_MY_OWN_USERNAME too" +
			"; no index has the secret UV_INDEX_MYOWN_USERNAME: did you mean UV_INDEX_MY_OWN_USERNAME?"},
		{"UV_INDEX_MY_OWN_USERNAME", nil, index + "wants a password beside the user: pass --secret id=UV_INDEX_MY_OWN_PASSWORD too, with a value that is not empty"},
		{"netrc", nil, index + "refused the credentials of --secret id=netrc: correct them, or pass --secret id=UV_INDEX_MY_OWN_USERNAME and --secret id=UV_INDEX_MY_OWN_PASSWORD"},
	} {
		f := traced(t, plan.KindDependencies, refused)
		f.Report.Given = strings.Fields(tt.given)
		for _, id := range tt.offered {
			f.Offered = append(f.Offered, diagnosis.Secret{ID: id})
		}
		err := diagnosis.Explain(f, built())
		require.EqualError(t, err, tt.want+"\n  | error: Failed to download `tools==1.0`\n  |   cause: HTTP status client error (401 Unauthorized) for url (https://packages.example.com/simple/tools/)")
	}
	f := traced(t, plan.KindDependencies, refused)
	f.Report.Given = []string{"UV_INDEX_MY_OWN_PASSWORD"}
	f.Offered = []diagnosis.Secret{{ID: "UV_INDEX_MY_OWN_USERNAME", Unset: "NOPE"}}
	require.ErrorContains(t, diagnosis.Explain(f, built()), "pass --secret id=UV_INDEX_MY_OWN_USERNAME too; --secret id=UV_INDEX_MY_OWN_USERNAME is empty, since NOPE is not set in the environment\n")
	f.Indexes[0].URL = "https://aws@packages.example.com/simple"
	require.ErrorContains(t, diagnosis.Explain(f, built()), "refused the credentials of --secret UV_INDEX_MY_OWN_*")
}

// Without the lock, as when it is being made, a failure is still explained.
func TestExplainCausesWithoutALock(t *testing.T) {
	t.Parallel()
	err := diagnosis.Explain(diagnosis.Failure{Step: built().Step(plan.KindDependencies), Report: diagnosis.Report{Messages: "error: Failed to build `tools==1.0`\nNo network: dns error"}}, built())
	require.EqualError(t, err, "pyproject.toml:4: installing the dependencies failed: a package index could not be reached: "+
		"check the network of the builder, or set a proxy by --build-arg HTTPS_PROXY=…\n  | error: Failed to build `tools==1.0`\n  | No network: dns error")
	err = diagnosis.Explain(diagnosis.Failure{Step: built().Step(plan.KindDependencies), Report: diagnosis.Report{Messages: "error: Failed to build `tools==1.0`"}}, built())
	require.ErrorContains(t, err, "failed: tools has no wheel, and its build backend failed: ")
}
