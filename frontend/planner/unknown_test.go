package planner_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// withMarkers is the base project with a member and packages under markers.
func withMarkers(member, newer, older string) map[string]string {
	edge := func(name, marker string) string {
		if marker == "" {
			return "{ name = \"" + name + "\" }"
		}
		return "{ name = \"" + name + "\", marker = \"" + marker + "\" }"
	}
	const source = "source = { registry = \"https://packages.example.com/simple\" }\nwheels = [{ url = \"https://packages.example.com/"
	return change(map[string]string{
		"uv.lock": strings.Replace(baseLock, "3.12", "3.13", 1) + "dependencies = [" + edge("library", member) + ", " + edge("newer", newer) + ", " + edge("older", older) + "]\n" +
			"[[package]]\nname = \"library\"\nversion = \"1\"\nsource = { editable = \"library\" }\n" +
			"[[package]]\nname = \"newer\"\nversion = \"1\"\n" + source + "newer-1-py3-none-any.whl\", hash = \"sha256:00\" }]\n" +
			"[[package]]\nname = \"older\"\nversion = \"1\"\n" + source + "older-1-cp313-cp313-win_amd64.whl\", hash = \"sha256:00\" }]\n",
		"library/pyproject.toml": "[project]\nname = \"library\"\nversion = \"1\"\n[build-system]\nrequires = [\"hatchling\"]\n",
		"pyproject.toml":         baseProject + "[tool.uvlambda]\nhandler = \"app.handler\"\npython = \"3.13\"\n",
	})
}

const later, before = "python_full_version >= '3.13.1'", "python_full_version < '3.13.1'"

// decide decides for a Python, "" for one that is not known.
func decide(t *testing.T, files map[string]string, python string) (*planner.Decided, error) {
	t.Helper()
	in, err := newInput(contextOf(files), client{})
	require.NoError(t, err)
	in.AssumePython, in.Pythons = false, map[string]string{}
	for _, minor := range []string{"3.13", "3.14"} {
		if python != "" {
			in.Pythons["/var/lang/bin/python"+minor] = python
		}
	}
	return planner.Decide(in)
}

// requiring is the base project on Python 3.13 with a requires-python.
func requiring(specifier string) map[string]string {
	return change(map[string]string{
		"pyproject.toml": strings.Replace(baseProject, ">=3.12", specifier, 1) + "[tool.uvlambda]\nhandler = 'app.handler'\npython = '3.13'\n",
	})
}

func TestDecisionsThatDependOnThePatchRelease(t *testing.T) {
	t.Parallel()
	forked := strings.NewReplacer("[[package]]\nname = \"newer\"\nversion = \"1\"", "[[package]]\nname = \"newer\"\nversion = \"1\"\nresolution-markers = [\""+later+"\"]")
	for name, tt := range map[string]struct {
		files   map[string]string
		because string
	}{
		"dependency":     {withMarkers("", later, "sys_platform == 'win32'"), later},
		"member":         {withMarkers(later, "", "sys_platform == 'win32'"), later},
		"unreachable":    {withMarkers("", "", "sys_platform == 'win32' and "+later), ""},
		"another minor":  {withMarkers("python_full_version >= '3.12.4'", "", "python_full_version < '3.13'"), ""},
		"error":          {withMarkers("", "", before), before},
		"requires":       {requiring(">=3.13.2"), ">=3.13.2"},
		"pinned":         {change(map[string]string{".python-version": "3.13.9\n"}), "3.13.9"},
		"pinned minor":   {change(map[string]string{".python-version": "3.13\n"}), ""},
		"fork":           {forkedFiles(forked), later},
		"environments":   {change(map[string]string{"uv.lock": strings.Replace(baseLock, "\n\n", "\nsupported-markers = [\"python_full_version >= '3.14.2'\"]\n\n", 1)}), "python_full_version >= '3.14.2'"},
		"requires below": {requiring(">=3.12.2"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			decided, err := decide(t, tt.files, "")
			if tt.because == "" {
				require.NoError(t, err)
				assert.Empty(t, decided.Plan.Python.FullVersion)
				decided, err = decide(t, tt.files, decided.Plan.Python.Version+".5")
				require.NoError(t, err)
				assert.Empty(t, decided.Plan.Python.FullVersion, "the plan holds for all patch releases")
				return
			}
			var unknown *planner.Unknown
			require.ErrorAs(t, err, &unknown)
			assert.Equal(t, tt.because, unknown.Python.Because)
			assert.Contains(t, unknown.Python.Executable, "/var/lang/bin/python3.1")
			assert.Contains(t, unknown.Python.Base.Ref, "public.ecr.aws/lambda/python:3.1")
			assert.Equal(t, "the patch release of Python in "+unknown.Python.Base.Ref+" is not known, and \""+tt.because+"\" depends on it", err.Error())
		})
	}
}

// forkedFiles has a lock in which versions of one package have markers.
func forkedFiles(fork *strings.Replacer) map[string]string {
	files := withMarkers("", "", "sys_platform == 'win32'")
	files["uv.lock"] = fork.Replace(files["uv.lock"])
	return files
}

func TestPlansForAPatchRelease(t *testing.T) {
	t.Parallel()
	files := withMarkers(later, later, before)
	decided, err := decide(t, files, "3.13.5")
	require.NoError(t, err)
	assert.Equal(t, "3.13.5", decided.Plan.Python.FullVersion)
	assert.False(t, decided.Plan.Python.Assumed)
	assert.Len(t, plan.All[plan.Member](decided.Plan), 1)
	assert.Equal(t, 1, plan.First[plan.Dependencies](decided.Plan).Packages)

	_, err = decide(t, files, "3.13.0")
	require.ErrorContains(t, err, "1 of the locked packages cannot be installed on linux/amd64 with Python 3.13.0 (glibc 2.34):\n  older 1 <- your dependencies: it has wheels for win_amd64")

	assumed, err := newPlan(contextOf(files), client{})
	require.NoError(t, err)
	assert.Equal(t, "3.13.1", assumed.Python.FullVersion)
	assert.True(t, assumed.Python.Assumed)
	assert.Len(t, plan.All[plan.Member](assumed), 1)
	assert.Equal(t, []plan.Warning{{
		Message: "\"" + later + "\" depends on the patch release of Python, which this plan takes to be 3.13.1: a build asks public.ecr.aws/lambda/python:3.13 for it",
		Source:  plan.Location{File: "pyproject.toml", Line: 9, EndLine: 9},
	}}, assumed.Warnings)
}

func TestPatchReleasesThatAreNotAllowed(t *testing.T) {
	t.Parallel()
	project := requiring(">=3.13.13")
	member := withMarkers("", "", "sys_platform == 'win32'")
	member["library/pyproject.toml"] = strings.Replace(member["library/pyproject.toml"], "version", "requires-python = \"!=3.13.5\"\nversion", 1)
	locked := requiring(">=3.12")
	locked["uv.lock"] = strings.Replace(baseLock, ">=3.12", ">=3.12, <3.13.5", 1)
	const remedy = ": change requires-python so that it allows 3.13.5, and lock again, or name a `base` with another release of Python 3.13"
	for name, tt := range map[string]struct {
		files        map[string]string
		python, want string
	}{
		"project": {project, "3.13.5", "pyproject.toml:4: api requires Python >=3.13.13, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5" + remedy},
		"lock":    {locked, "3.13.5", "uv.lock:3: uv.lock requires Python >=3.12, <3.13.5, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5" + remedy},
		"member":  {member, "3.13.5", "library/pyproject.toml:3: library requires Python !=3.13.5, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5" + remedy},
		"another minor": {project, "3.12.1", "pyproject.toml:9: /var/lang/bin/python3.13 of the base public.ecr.aws/lambda/python:3.13 is Python 3.12.1, not 3.13: " +
			"name a `base` that has Python 3.13 there, or another `python`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decide(t, tt.files, tt.python)
			require.EqualError(t, err, tt.want)
			_, err = decide(t, tt.files, "")
			var unknown *planner.Unknown
			require.ErrorAs(t, err, &unknown)
			_, err = newPlan(contextOf(tt.files), client{})
			require.NoError(t, err, "what is not known is not refused")
		})
	}
}
