package project

// Environment is the marker environment of a target: the value of each variable
// of PEP 508 but extra.
type Environment map[string]string

// TargetEnvironment gives the environment that uv evaluates markers in for
// --python-version MAJOR.MINOR on a Lambda platform: patch release 0, and
// nothing known of the kernel. arch is named as in GOARCH.
func TargetEnvironment(v Version, arch string) Environment {
	full := v.String() + ".0"
	return Environment{
		"implementation_name":            "cpython",
		"implementation_version":         full,
		"os_name":                        "posix",
		"platform_machine":               Machine(arch),
		"platform_python_implementation": "CPython",
		"platform_release":               "",
		"platform_system":                "Linux",
		"platform_version":               "",
		"python_full_version":            full,
		"python_version":                 v.String(),
		"sys_platform":                   "linux",
	}
}
