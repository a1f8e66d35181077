package project

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// PythonFile is what a .python-version file says, as uv reads it
// (https://docs.astral.sh/uv/concepts/python-versions/#python-version-files).
type PythonFile struct {
	// Request is the first line that asks for a CPython; nil when there is none.
	Request *PythonRequest
	// Passed are the lines that were read and name none of Lambda's Pythons.
	Passed []PassedRequest
}

// PythonRequest is a line that asks for a CPython.
type PythonRequest struct {
	// Text is the line as it is written, Line its number.
	Text string
	Line int
	// Specifier are the versions that it asks for (PEP 440), by default any.
	Specifier Specifier
	// Exact is set when that is one minor version.
	Exact *Version
}

// PassedRequest is a line that names no Python that Lambda could have.
type PassedRequest struct {
	Text string
	Line int
	// Other is set when uv runs another Python for it, and not when uv ignores
	// the line.
	Other bool
}

// ReadPythonFile reads a .python-version file. uv ignores lines that it cannot
// read, such as the names of pyenv's environments, and goes by the first other.
func ReadPythonFile(data []byte) PythonFile {
	var file PythonFile
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		request, other := parseRequest(text)
		if request != nil {
			request.Text, request.Line = text, number
			file.Request = request
			break
		}
		file.Passed = append(file.Passed, PassedRequest{text, number, other})
		if other {
			break
		}
	}
	return file
}

// Allows reports whether a Python is one that the request asks for.
func (r *PythonRequest) Allows(v Version) bool {
	return r.Specifier.AllowsMinor(v)
}

// Release gives the patch release that the request names, as in "3.13.2", and
// nothing when it names none.
func (r *PythonRequest) Release() string {
	release, exact := strings.CutPrefix(r.Specifier.text, "==")
	if !exact || strings.Contains(release, "*") || strings.Count(release, ".") != 2 {
		return ""
	}
	return release
}

var (
	// requestPrefix is the implementation that a request may start with.
	requestPrefix = regexp.MustCompile(`^(cpython|cp|python|pypy|pp|graalpy|gp|pyodide)(@?)(.*)$`)
	// requestVersion is a version, which may lack its dots, and a variant of it.
	requestVersion = regexp.MustCompile(`^v?([0-9])(?:([0-9]{1,2})|\.([0-9]{1,3})(?:\.([0-9]{1,3}))?)?((?:a|b|rc)[0-9]+)?(t|d|td|\+freethreaded|\+debug|\+freethreaded\+debug|\+gil|\+gil\+debug)?$`)
)

// parseRequest reads a request for a Python. It gives nil when that is no
// CPython, or other is set, and uv would run another Python.
func parseRequest(text string) (request *PythonRequest, other bool) {
	if strings.Contains(text, "/") {
		return nil, true // a path
	}
	text = strings.ToLower(text)
	if text == "any" || text == "default" {
		return &PythonRequest{}, false
	}
	if m := requestPrefix.FindStringSubmatch(text); m != nil {
		versions := parseVersions(m[3])
		switch {
		case m[3] == "" && m[2] == "" && m[1] != "python":
			versions = &PythonRequest{}
		case versions == nil:
			return parseKey(text)
		}
		if isCPython(m[1]) {
			return versions, false
		}
		return nil, true
	}
	if versions := parseVersions(text); versions != nil {
		return versions, false
	}
	return parseKey(text)
}

func isCPython(implementation string) bool {
	return slices.Contains([]string{"cpython", "cp", "python", "any"}, implementation)
}

// parseVersions reads a version or a version specifier, and gives nil for any
// other text.
func parseVersions(text string) *PythonRequest {
	if strings.ContainsAny(text[:min(1, len(text))], "<>=!~") {
		return newRequest(text, nil)
	}
	m := requestVersion.FindStringSubmatch(text)
	switch {
	case m == nil:
		return nil
	case m[2] == "" && m[3] == "":
		return newRequest("=="+m[1]+".*", nil)
	}
	v, err := ParseVersion(m[1] + "." + m[2] + shortened(m[3]))
	if err != nil {
		return nil
	}
	if m[4] == "" || m[5] != "" {
		// A pre-release leads to a release of its minor version.
		return newRequest(fmt.Sprintf("==%s.*", v), &v)
	}
	return newRequest(fmt.Sprintf("==%s.%s", v, shortened(m[4])), &v)
}

// newRequest asks for the versions of a specifier. It gives nil when the text is
// no specifier.
func newRequest(specifier string, exact *Version) *PythonRequest {
	s, err := ParseSpecifier(specifier)
	if err != nil {
		return nil
	}
	return &PythonRequest{Specifier: s, Exact: exact}
}

// shortened gives a number without leading zeros.
func shortened(number string) string {
	if short := strings.TrimLeft(number, "0"); short != "" || number == "" {
		return short
	}
	return "0"
}

// parseKey reads the name of an installation, IMPLEMENTATION-VERSION-OS-ARCH-LIBC,
// of which parts at both ends may be missing.
func parseKey(text string) (request *PythonRequest, other bool) {
	parts := strings.Split(text, "-")
	if len(parts) < 2 || len(parts) > 5 {
		return nil, false
	}
	cpython := true
	switch parts[0] {
	case "cpython", "any", "pypy", "graalpy", "pyodide":
		cpython = isCPython(parts[0])
		parts = parts[1:]
	}
	request = &PythonRequest{}
	if versions := parseVersions(parts[0]); versions != nil {
		request, parts = versions, parts[1:]
	}
	for _, part := range parts {
		if !slices.Contains(keyParts(), part) {
			return nil, false
		}
	}
	if !cpython {
		return nil, true
	}
	return request, false
}

// keyParts are what follows the version in the names of installations: the
// systems, machines and C libraries that there are CPythons for.
func keyParts() []string {
	return []string{
		"any", "linux", "macos", "darwin", "windows",
		"x86_64", "aarch64", "arm64", "amd64", "x86", "i686", "armv7", "powerpc64", "powerpc64le", "s390x", "riscv64",
		"gnu", "musl", "none", "gnueabi", "gnueabihf",
	}
}
