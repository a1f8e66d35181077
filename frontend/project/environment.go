package project

// Environment is the marker environment of a target: the value of each variable
// of PEP 508 but extra. The zero value knows none.
type Environment struct {
	variables map[string]string
	python    *Interpreter
}

// TargetEnvironment gives the environment that uv evaluates markers in for
// --python-platform of a Lambda platform: the versions are the interpreter's,
// and nothing is known of the kernel. arch is named as in GOARCH.
func TargetEnvironment(python *Interpreter, arch string) Environment {
	return Environment{python: python, variables: map[string]string{
		"implementation_name":            "cpython",
		"os_name":                        "posix",
		"platform_machine":               Machine(arch),
		"platform_python_implementation": "CPython",
		"platform_release":               "",
		"platform_system":                "Linux",
		"platform_version":               "",
		"python_version":                 python.Version.String(),
		"sys_platform":                   "linux",
	}}
}

// value gives the value of a variable when the interpreter is of a release.
func (e Environment) value(variable, release string) (string, bool) {
	switch {
	case e.python == nil:
	case variable == "python_full_version":
		return release, true
	case variable == "implementation_version":
		// Of the two, uv cuts only python_full_version to its release.
		if e.python.full != "" && release == e.python.known() {
			return e.python.full, true
		}
		return release, true
	}
	value, ok := e.variables[variable]
	return value, ok
}
