package planner_test

import (
	"maps"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/plan"
)

func TestPython(t *testing.T) {
	t.Parallel()
	const newest, x86 = "newest Lambda runtime that requires-python allows", "x86_64-manylinux_2_34"
	requires := func(python, lock string) map[string]string {
		project := "[project]\nname = \"api\"\n" + python + "\n[tool.uvlambda]\nhandler = 'app.handler'\n"
		return map[string]string{
			"pyproject.toml": project,
			"uv.lock":        "version = 1\n" + lock + "\n[[package]]\nname = \"api\"\nsource = { virtual = \".\" }\n",
		}
	}
	tests := []struct {
		name, platform string
		files          map[string]string
		want           plan.Python
	}{
		{
			"newest", "", requires("", ""),
			plan.Python{Version: "3.14", Reason: "newest Lambda runtime", Executable: "/var/lang/bin/python3.14", WheelPlatform: "x86_64-manylinux_2_34"},
		},
		{
			"newest allowed by the project", "", requires("requires-python = '<3.13'", ""),
			plan.Python{Version: "3.12", Reason: newest, Executable: "/var/lang/bin/python3.12", WheelPlatform: "x86_64-manylinux_2_34"},
		},
		{
			"newest allowed by the lock", "linux/arm64", requires("", "requires-python = '==3.11.*'"),
			plan.Python{Version: "3.11", Reason: newest, Executable: "/var/lang/bin/python3.11", WheelPlatform: "aarch64-manylinux_2_28"},
		},
		{
			"pinned", "", map[string]string{".python-version": "# ours\ncpython-3.12.4-linux\n"},
			plan.Python{Version: "3.12", Reason: ".python-version", Executable: "/var/lang/bin/python3.12", WheelPlatform: "x86_64-manylinux_2_34"},
		},
		{
			"pinned to several", "", map[string]string{".python-version": ">=3.9,<3.14\n"},
			plan.Python{Version: "3.13", Reason: "newest Lambda runtime that requires-python and .python-version allow", Executable: "/var/lang/bin/python3.13", WheelPlatform: x86},
		},
		{
			"pinned to the series", "", map[string]string{".python-version": "3\n", "uv.lock": lockOf(pkg("a", tags(linux, "313")))},
			plan.Python{Version: "3.13", Reason: "newest Lambda runtime that requires-python and .python-version allow and the lock has wheels for", Executable: "/var/lang/bin/python3.13", WheelPlatform: x86},
		},
		{
			"pinned to nothing", "", map[string]string{".python-version": "# none\n"},
			plan.Python{Version: "3.14", Reason: newest, Executable: "/var/lang/bin/python3.14", WheelPlatform: x86},
		},
		{
			"pinned to any", "", map[string]string{".python-version": "any\n"},
			plan.Python{Version: "3.14", Reason: newest, Executable: "/var/lang/bin/python3.14", WheelPlatform: x86},
		},
		{
			"chosen", "linux/arm64", change(keys("handler = 'app.handler'\npython = '3.13'")),
			plan.Python{Version: "3.13", Reason: "python in pyproject.toml", Executable: "/var/lang/bin/python3.13", WheelPlatform: "aarch64-manylinux_2_34"},
		},
		{
			"preview", "", change(keys("handler = 'app.handler'\npython = '3.15'")),
			plan.Python{Version: "3.15", Reason: "python in pyproject.toml", Executable: "/var/lang/bin/python3.15", WheelPlatform: x86},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlan(contextOf(change(test.files)), client{platform: test.platform})
			require.NoError(t, err)
			assert.Equal(t, test.want, p.Python)
		})
	}
}

func TestPythonVersionFileIsTheNearestOfTheWorkspace(t *testing.T) {
	t.Parallel()
	contents := map[string]string{
		".python-version":                 "3.12\n",
		"shop/.python-version":            "3.13\n",
		"shop/pyproject.toml":             "[tool.uv.workspace]\nmembers = ['orders']\n",
		"shop/uv.lock":                    "version = 1\n[[package]]\nname = 'orders'\nsource = { virtual = 'orders' }\n",
		"shop/orders/pyproject.toml":      "[project]\nname = 'orders'\n",
		"shop/orders/lambda_function.py":  "def lambda_handler(event, context): ...\n",
		"shop/receipts/.python-version":   "3.9\n",
		"shop/receipts/deep/ignored.file": "\n",
	}
	p, err := newPlan(contextOf(contents), client{file: "shop/orders/pyproject.toml"})
	require.NoError(t, err)
	assert.Equal(t, "shop/.python-version", p.Python.Reason)

	delete(contents, "shop/.python-version")
	p, err = newPlan(contextOf(contents), client{file: "shop/orders/pyproject.toml"})
	require.NoError(t, err)
	assert.Equal(t, "newest Lambda runtime", p.Python.Reason, "uv does not look above the workspace either")
}

// What names none of Lambda's Pythons is passed over.
func TestPassedLinesOfPythonVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"my-env\n": "3.14", "system\n3.13\n": "3.13", "pypy@3.10\n3.12\n": "3.14", "/usr/bin/python3\n": "3.14"} {
		p, err := newPlan(contextOf(change(map[string]string{".python-version": text})), client{})
		require.NoError(t, err, text)
		assert.Equal(t, want, p.Python.Version, text)
	}
}

func TestPythonErrors(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name:  "versions without a runtime",
			files: map[string]string{".python-version": "# ours\n<3.12\n"},
			want: ".python-version:2: Lambda has no Python that is <3.12 and that requires-python (>=3.12 of api, >=3.12 of uv.lock) allows: " +
				"write one of 3.14, 3.13, 3.12, 3.11, 3.10, 3.9 there, or set `python`",
		},
		{
			name:  "version without a runtime",
			files: map[string]string{".python-version": "3.8\n"},
			want:  ".python-version:1: Lambda has no Python 3.8: set `python` to one of 3.14, 3.13, 3.12, 3.11, 3.10, 3.9",
		},
		{
			name:  "no runtime allowed",
			files: map[string]string{"pyproject.toml": "[project]\nname = 'api'\nrequires-python = '>=3.15'\n[tool.uvlambda]\n"},
			want: "pyproject.toml:3: requires-python (>=3.15 of api, >=3.12 of uv.lock) excludes every Lambda runtime: " +
				"allow one of 3.14, 3.13, 3.12, 3.11, 3.10, 3.9, or set `python` to \"3.15\" for Lambda's preview of it",
		},
		{
			name:  "python that the project excludes",
			files: keys("python = '3.11'"),
			want: "pyproject.toml:4: api requires Python >=3.12, but the function would run on 3.11 (from python in pyproject.toml): change `python` or requires-python\n" +
				"uv.lock:3: uv.lock requires Python >=3.12, but the function would run on 3.11 (from python in pyproject.toml): change `python` or requires-python",
		},
		{
			name:  "lock with a malformed requirement",
			files: map[string]string{"uv.lock": "version = 1\nrequires-python = 'new'\n[[package]]\nname = 'api'\nsource = { virtual = '.' }\n"},
			want:  `uv.lock:2: requires-python = "new" of uv.lock: "new" is not a version specifier: write it as in ">=3.12,<3.14" (PEP 440)`,
		},
		{
			name: "python that a member excludes",
			files: map[string]string{
				"uv.lock":                baseLock + "dependencies = [{ name = 'library' }]\n[[package]]\nname = 'library'\nsource = { editable = 'library' }\n",
				"library/pyproject.toml": "[project]\nname = 'library'\nrequires-python = '<3.14'\n",
			},
			want: "library/pyproject.toml:3: library requires Python <3.14, but the function would run on 3.14 " +
				"(from newest Lambda runtime that requires-python allows): change `python` or requires-python",
		},
		{
			name:   "lock target on a version without a runtime",
			client: client{target: "lock"},
			files:  map[string]string{".python-version": "3.16\n"},
			want:   ".python-version:1: Lambda has no Python 3.16: set `python` to one of 3.14, 3.13, 3.12, 3.11, 3.10, 3.9",
		},
	})
}

// A lock is for all members of the workspace: its Python is one that they allow.
func TestPythonOfALock(t *testing.T) {
	t.Parallel()
	contents := map[string]string{
		"pyproject.toml":      "[tool.uv.workspace]\nmembers = ['api', 'jobs']\n",
		"api/pyproject.toml":  "[project]\nname = 'api'\nversion = '1.0'\nrequires-python = '>=3.11'\n",
		"jobs/pyproject.toml": "[project]\nname = 'jobs'\nversion = '1.0'\nrequires-python = '==3.13.*'\n",
	}
	in, err := newInput(contextOf(contents), client{target: "lock"})
	require.NoError(t, err)
	read := contextOf(contents)
	maps.DeleteFunc(read, func(name string, _ files.Entry) bool {
		return path.Base(name) != "pyproject.toml" || name == "pyproject.toml"
	})
	require.NoError(t, in.Workspace.AddUnlocked(read))
	p, err := planned(in)
	require.NoError(t, err)
	assert.Equal(t, "3.13", p.Python.Version)
}

// The lock repeats what the project says, so one mistake is told once; what only the
// lock says is told beside it.
func TestRequirementsThatTheLockRepeats(t *testing.T) {
	t.Parallel()
	const remedy = ": change requires-python so that it allows 3.13.5, and lock again, or name a `base` with another release of Python 3.13"
	const project = "pyproject.toml:4: api requires Python >= 3.13.9, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5" + remedy
	for lock, want := range map[string]string{
		">=3.13.9":        project,
		">=3.13.9, <3.15": project + "\nuv.lock:3: uv.lock requires Python >=3.13.9, <3.15, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5" + remedy,
		">=3.12":          project,
	} {
		contents := requiring(">= 3.13.9")
		contents["uv.lock"] = strings.Replace(baseLock, ">=3.12", lock, 1)
		_, err := decide(t, contents, "3.13.5")
		require.EqualError(t, err, want)
	}
}
