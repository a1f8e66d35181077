package differential

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// requests are lines of .python-version: lines that uv writes, lines of its
// manual, lines that pyenv, mise and people write, and mistakes.
func requests() []string {
	return []string{
		"3", "3.12", "3.12.4", "312", "v3.12", "3.013", "3.13t", "3.13+freethreaded", "3.13d", "3.12rc1", "3.13.0a1", "3.14.0b2", "3.99", "2.7", "3.8",
		">=3.12", ">= 3.12", ">=3.9,<3.12", "~=3.12", "~=3.12.1", "==3.12.*", "===3.12.4", ">3.12", "<3.12", "!=3.13", "=3.12", "~3.12",
		"cpython", "cp312", "cp3", "CPython@3.12", "cpython@3.12", "cpython3.12", "cpython>=3.12", "cpython@>=3.12,<3.14",
		"python", "python3", "python3.12", "python@3.12", "python>=3.12", "python-3.12", "py3", "py313",
		"cpython-3.12", "cpython-3.12.1-linux-x86_64-gnu", "cpython-3.10-macos-aarch64-none", "cpython-3.12-windows", "cpython-any", "any-3.12-any-any-any", "any-any-any", "3.12-linux",
		"any", "ANY", "default", "system", "auto", "venv", "my-env", "project-3.12", "3.12.x", "3.*", "3.12.*", "3.12.", "3.12.1.1", "3.12.1+x", "312.5", "3.13-dev", "3.12 3.11", "3.12,3.11", "3.12 # ours",
		"pypy", "pypy@3.10", "pypy3.10", "pp310", "graalpy", "graalpy@3.11", "pyodide", "pypy-3.10-linux", "./venv/bin/python", "/usr/bin/python3", "envs/ours",
	}
}

// asked gives uv's reading of a .python-version: the request that it follows, if
// any, and the requests that it ignores.
func asked(t *testing.T, content string) (request string, ignored []string) {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, dir, ".python-version", content)
	command := exec.CommandContext(t.Context(), oracles.Python.Program("uv"), "python", "find", "--verbose", "--managed-python")
	command.Dir = dir
	command.Env = []string{"HOME=" + dir, "NO_COLOR=1", "UV_PYTHON_DOWNLOADS=never", "UV_OFFLINE=1"}
	// No Python is installed there, which is an error of uv's.
	out, _ := command.CombinedOutput()
	messages := string(out)
	for _, m := range regexp.MustCompile("Ignoring unsupported Python request `(.*)` in version file").FindAllStringSubmatch(messages, -1) {
		ignored = append(ignored, m[1])
	}
	if m := regexp.MustCompile("Using Python request `(.*)` from version file").FindStringSubmatch(messages); m != nil {
		request = m[1]
	}
	require.Contains(t, messages, "Reading Python requests from version file")
	return request, ignored
}

// minors are the Pythons that a request asks for.
func minors(r *project.PythonRequest) []string {
	all := []string{}
	for minor := 7; minor < 17; minor++ {
		if v := (project.Version{Major: 3, Minor: minor}); r.Allows(v) {
			all = append(all, v.String())
		}
	}
	return all
}

// A line of .python-version is ignored when uv ignores it, and else asks for the
// Pythons of the request that uv says it is.
func TestPythonRequestsOfUV(t *testing.T) {
	t.Parallel()
	for _, text := range requests() {
		request, ignored := asked(t, text+"\n")
		file := project.ReadPythonFile([]byte(text))
		other := regexp.MustCompile("^(pypy|graalpy|pyodide)|/").MatchString(request)
		switch {
		case len(ignored) > 0:
			assert.Equal(t, []project.PassedRequest{{Text: text, Line: 1}}, file.Passed, text)
			assert.Nil(t, file.Request, text)
		case other:
			assert.Equal(t, []project.PassedRequest{{Text: text, Line: 1, Other: true}}, file.Passed, text)
			assert.Nil(t, file.Request, text)
		default:
			meant := project.ReadPythonFile([]byte(request)).Request
			if assert.NotNil(t, meant, "%s: %s", text, request) && assert.NotNil(t, file.Request, text) {
				assert.Equal(t, minors(meant), minors(file.Request), text)
				if m := regexp.MustCompile(`^(?:cpython@)?(3\.\d+)$`).FindStringSubmatch(request); m != nil {
					assert.Equal(t, []string{m[1]}[:len(minors(file.Request))], minors(file.Request), text)
				}
			}
		}
	}
}

// Comments, empty lines and lines that uv ignores come before the one that
// counts.
func TestPythonVersionFilesOfUV(t *testing.T) {
	t.Parallel()
	for _, content := range []string{
		"", "\n", "# only\n", "# ours\n\n  3.12  \n", "3.12\r\n", "3.12\t\n3.13\n", "my-env\n3.12\n", "system\nmy-env\n", "3.12 # ours\n3.13\n", "\ufeff3.12\n", "#3.12\n",
		"pypy@3.10\n3.12\n", "./x\n3.12\n", ">=3.12\n3.13\n",
	} {
		request, ignored := asked(t, content)
		file := project.ReadPythonFile([]byte(content))
		var passed []string
		other := false
		for _, p := range file.Passed {
			if other = other || p.Other; !p.Other {
				passed = append(passed, strings.TrimSpace(p.Text))
			}
		}
		assert.Equal(t, ignored, passed, "%q", content)
		assert.Equal(t, request != "", file.Request != nil || other, "%q", content)
	}
}
