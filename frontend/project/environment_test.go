package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTargetEnvironment(t *testing.T) {
	t.Parallel()
	env := TargetEnvironment(NewInterpreter(Version{3, 15}, "3.15.0b2", nil), "amd64")
	for variable, want := range map[string]string{
		"implementation_name": "cpython", "implementation_version": "3.15.0b2", "os_name": "posix",
		"platform_machine": "x86_64", "platform_python_implementation": "CPython", "platform_release": "",
		"platform_system": "Linux", "platform_version": "", "python_full_version": "3.15.0", "python_version": "3.15",
		"sys_platform": "linux",
	} {
		value, ok := env.value(variable, env.python.known())
		assert.True(t, ok, variable)
		assert.Equal(t, want, value, variable)
	}
	_, ok := env.value("extra", "3.15.0")
	assert.False(t, ok)
	machine, _ := TargetEnvironment(NewInterpreter(Version{3, 9}, "", nil), "arm64").value("platform_machine", "3.9.0")
	assert.Equal(t, "aarch64", machine)
}
