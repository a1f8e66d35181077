package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// specifiers reads version specifiers.
func specifiers(t *testing.T, texts ...string) []Specifier {
	t.Helper()
	var all []Specifier
	for _, text := range texts {
		s, err := ParseSpecifier(text)
		require.NoError(t, err)
		require.Equal(t, text, s.String())
		all = append(all, s)
	}
	return all
}

func TestAllowsMinor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		requires string
		version  Version
		want     bool
	}{
		{"", Version{3, 13}, true},
		{">=3.13", Version{3, 13}, true},
		{">=3.13", Version{3, 12}, false},
		{">=3.13.2", Version{3, 13}, true},
		{"<3.13", Version{3, 13}, false},
		{"<3.13", Version{3, 12}, true},
		{"<=3.13", Version{3, 13}, true},
		{"<3.13.4", Version{3, 13}, true},
		{">3.12", Version{3, 12}, true},
		{"==3.13.*", Version{3, 13}, true},
		{"==3.13.*", Version{3, 14}, false},
		{"==3.13.5", Version{3, 13}, true},
		{"===3.13.5", Version{3, 13}, true},
		{"===3.13.5", Version{3, 12}, false},
		{"~=3.12", Version{3, 14}, true},
		{"~=3.12.0", Version{3, 13}, false},
		{"!=3.13.1", Version{3, 13}, true},
		{"!=3.13.*", Version{3, 13}, false},
		{">=3.9, <4", Version{3, 10}, true},
		{">= 3.12 , != 3.13.* ,", Version{3, 13}, false},
		{">=3.14.0rc1", Version{3, 14}, true},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, specifiers(t, tt.requires)[0].AllowsMinor(tt.version), "%s allows %s", tt.requires, tt.version)
	}
	assert.True(t, Specifier{}.AllowsMinor(Version{3, 9}))
	_, err := ParseSpecifier("^3.9")
	assert.EqualError(t, err, `"^3.9" is not a version specifier: write it as in ">=3.12,<3.14" (PEP 440)`)
}

func TestMatchUV(t *testing.T) {
	t.Parallel()
	tests := []struct {
		required, version string
		want              bool
	}{
		{"", "0.9.26", true},
		{">=0.8", "0.9.26", true},
		{">=0.8,<0.9", "0.9.26", false},
		{"==0.9.26", "0.9.26", true},
		{"0.9.26", "0.9.26", true},
		{"0.9.26", "0.9.27", false},
		{"==0.9.*", "0.9.26", true},
	}
	for _, tt := range tests {
		got, err := MatchUV(tt.required, tt.version)
		require.NoError(t, err, tt.required)
		assert.Equal(t, tt.want, got, "%s matches %s", tt.required, tt.version)
	}
	_, err := MatchUV("latest", "0.9.26")
	assert.Error(t, err)
}

func TestExactUV(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"==0.9.26", " == 0.9.26 ", "===0.9.26", "0.9.26"} {
		got, ok := ExactUV(text)
		assert.Equal(t, "0.9.26", got, text)
		assert.True(t, ok, text)
	}
	for _, text := range []string{"", ">=0.9.26", "==0.9.*", "==0.9", "==0.9.26,<1", "=0.9.26"} {
		_, ok := ExactUV(text)
		assert.False(t, ok, text)
	}
}

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	assert.Negative(t, CompareVersions("0.9.9", "0.9.26"))
	assert.Zero(t, CompareVersions("0.9.26", "0.9.26"))
}
