package project

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRuntimes(t *testing.T) {
	t.Parallel()
	var versions []string
	for _, rt := range Runtimes() {
		versions = append(versions, rt.Version.String())
	}
	assert.Equal(t, []string{"3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"}, versions)
	assert.True(t, slices.IsSortedFunc(Runtimes(), func(a, b Runtime) int { return a.Version.Compare(b.Version) }))
	_, ok := LookupRuntime(Version{3, 16})
	assert.False(t, ok)
	for _, rt := range Supported() {
		assert.False(t, rt.Preview)
		assert.Equal(t, rt.Version.String(), rt.Image())
	}
	assert.Len(t, Supported(), len(versions)-1)
	preview, ok := LookupRuntime(Version{3, 15})
	assert.True(t, ok)
	assert.Equal(t, "3.15-preview", preview.Image())
}

// TestNewerPlatform: uv has no name for the C library of Amazon Linux 2.
func TestNewerPlatform(t *testing.T) {
	t.Parallel()
	for _, rt := range Runtimes() {
		assert.Equal(t, rt.Version.Compare(Version{3, 12}) < 0, rt.NewerPlatform(), rt.Version)
	}
}

func TestWheelPlatform(t *testing.T) {
	t.Parallel()
	tests := []struct{ python, arch, want string }{
		{"3.11", "amd64", "x86_64-manylinux_2_28"},
		{"3.11", "arm64", "aarch64-manylinux_2_28"},
		{"3.12", "amd64", "x86_64-manylinux_2_34"},
		{"3.14", "arm64", "aarch64-manylinux_2_34"},
	}
	for _, tt := range tests {
		version, err := ParseVersion(tt.python)
		require.NoError(t, err)
		rt, ok := LookupRuntime(version)
		require.True(t, ok)
		assert.Equal(t, tt.want, rt.WheelPlatform(tt.arch))
	}
	assert.Equal(t, "riscv64", Machine("riscv64"))
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	v, err := ParseVersion("3.13")
	require.NoError(t, err)
	assert.Equal(t, Version{3, 13}, v)
	for _, text := range []string{"", "3", "3.13.1", "v3.13", "3.13 ", "3.99999999999999999999"} {
		_, err := ParseVersion(text)
		require.Error(t, err, text)
	}
	assert.Negative(t, Version{3, 9}.Compare(Version{3, 10}))
	assert.Positive(t, Version{4, 0}.Compare(Version{3, 10}))
	assert.Zero(t, v.Compare(Version{3, 13}))
}
