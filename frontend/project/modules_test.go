package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestProvides(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pkg, module string
		want        bool
	}{
		{"requests", "requests", true},
		{"my-package", "my_package", true},
		{"my-package", "my", false},
		{"pyyaml", "yaml", true},
		{"requests", "yaml", false},
		{"google-cloud-storage", "google", true},
		{"protobuf", "google", true},
		{"googlemaps", "google", false},
		{"scikit-learn", "sklearn", true},
		{"anything", "nothing-that-is-known", false},
	} {
		assert.Equal(t, tt.want, (&Package{Name: tt.pkg}).Provides(tt.module), "%s in %s", tt.module, tt.pkg)
	}
}

func TestKnownModules(t *testing.T) {
	t.Parallel()
	assert.True(t, IsRuntimeModule("boto3"))
	assert.False(t, IsRuntimeModule("requests"))
	assert.True(t, IsStandardModule("json"))
	// Python 3.15 has it no more.
	assert.False(t, IsStandardModule("sre_parse"))
	assert.True(t, MayBeStandardModule("sre_parse"))
}
