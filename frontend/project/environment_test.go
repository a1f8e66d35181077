package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTargetEnvironment(t *testing.T) {
	t.Parallel()
	assert.Equal(t, Environment{
		"implementation_name": "cpython", "implementation_version": "3.9.0", "os_name": "posix",
		"platform_machine": "x86_64", "platform_python_implementation": "CPython", "platform_release": "",
		"platform_system": "Linux", "platform_version": "", "python_full_version": "3.9.0", "python_version": "3.9",
		"sys_platform": "linux",
	}, TargetEnvironment(Version{3, 9}, "amd64"))
	assert.Equal(t, "aarch64", TargetEnvironment(Version{3, 9}, "arm64")["platform_machine"])
}
