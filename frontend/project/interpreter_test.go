package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is not known is decided for the newest patch release, and noted when
// another one would decide otherwise.
func TestInterpreterNotes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		markers  []string
		requires []string
		holds    []bool
		because  string
		full     string
	}{
		{markers: []string{"python_full_version < '3.14'", "python_full_version >= '3.13'", "python_version >= '3.13.1'"}, holds: []bool{true, true, false}},
		{markers: []string{"python_full_version >= '3.12.4'", "sys_platform == 'win32'"}, holds: []bool{true, false}},
		{markers: []string{"python_full_version >= '3.13.1'"}, holds: []bool{true}, because: "python_full_version >= '3.13.1'", full: "3.13.1"},
		{markers: []string{"python_full_version > '3.13'"}, holds: []bool{true}, because: "python_full_version > '3.13'", full: "3.13.1"},
		{markers: []string{"python_full_version <= '3.13.4'", "python_full_version == '3.13.7'"}, holds: []bool{false, false},
			because: "python_full_version <= '3.13.4'", full: "3.13.8"},
		{markers: []string{"implementation_version ~= '3.13.2'"}, holds: []bool{true}, because: "implementation_version ~= '3.13.2'", full: "3.13.2"},
		{markers: []string{"python_full_version in '3.13.1 3.13.2'"}, holds: []bool{false}, because: "python_full_version in '3.13.1 3.13.2'", full: "3.13.3"},
		{markers: []string{"python_full_version < '3.13.2' or python_full_version >= '3.13.2'"}, holds: []bool{true}},
		{markers: []string{"python_full_version < '3.13.2' and sys_platform == 'win32'"}, holds: []bool{false}},
		{markers: []string{"python_full_version != '3.13.*'", "python_full_version < '3.13.4000'"}, holds: []bool{false, true}},
		{markers: []string{"python_full_version >= '3.13.5'"}, requires: []string{">=3.12", "<3.13.5"}, holds: []bool{false},
			because: "python_full_version >= '3.13.5'", full: "3.13.4"},
	}
	for _, tt := range tests {
		python := NewInterpreter(Version{3, 13}, "", specifiers(t, tt.requires...))
		env := TargetEnvironment(python, "amd64")
		for i, marker := range tt.markers {
			ok, err := evaluateMarker(marker, env, nil)
			require.NoError(t, err, marker)
			assert.Equal(t, tt.holds[i], ok, marker)
		}
		assert.Equal(t, tt.because, python.DependsOnPatch(), tt.markers)
		if tt.because != "" {
			assert.Equal(t, tt.full, python.FullVersion(), tt.markers)
		}
	}
}

func TestInterpreterAllows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		full, requires string
		allowed        bool
		because        string
	}{
		{"3.13.5", ">=3.13", true, ""},
		{"3.13.5", ">=3.13.13", false, ">=3.13.13"},
		{"3.13.5", "!=3.13.5", false, "!=3.13.5"},
		{"3.13.5", ">=3.13.1,<3.14", true, ">=3.13.1,<3.14"},
		{"3.14.0rc1", ">=3.14", true, ""},
		{"3.14.0rc1", ">=3.14.0rc2", true, ""},
		{"3.15.0b2", "<3.15", false, ""},
		{"", "", true, ""},
	}
	for _, tt := range tests {
		v := Version{3, 13}
		if tt.full != "" {
			var err error
			v, err = ParseVersion(tt.full[:4])
			require.NoError(t, err)
		}
		python := NewInterpreter(v, tt.full, nil)
		assert.Equal(t, tt.allowed, python.Satisfies(specifiers(t, tt.requires)[0]), tt)
		assert.Equal(t, tt.because, python.DependsOnPatch(), tt)
	}
}

// Errors give the version as far as it decides.
func TestInterpreterString(t *testing.T) {
	t.Parallel()
	python := NewInterpreter(Version{3, 13}, "3.13.5", nil)
	assert.Equal(t, "3.13", python.String())
	assert.True(t, python.Is("3.13.5"))
	assert.Equal(t, "3.13.5", python.String())
	assert.False(t, NewInterpreter(Version{3, 13}, "3.13.5", nil).Is("3.12.5"))
	assert.False(t, NewInterpreter(Version{3, 13}, "3.13.5", nil).Is(""))
}
