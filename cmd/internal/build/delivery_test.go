package build

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
)

// attrs are exporter attributes.
type attrs = map[string]string

func TestForEngine(t *testing.T) {
	t.Parallel()
	type outputs = []buildflags.Output
	folder := buildflags.Output{Type: "local", Attrs: attrs{}, Dest: "out", Folder: true}
	tests := map[string]struct {
		outputs outputs
		names   string
		store   bool
		want    outputs
		pushes  []string
	}{
		"nothing": {nil, "", false, outputs{{Type: "moby", Attrs: attrs{}}}, nil},
		"names":   {nil, "a,b", false, outputs{{Type: "moby", Attrs: attrs{"name": "a,b"}}}, nil},
		"folder":  {outputs{folder}, "a", false, outputs{folder}, nil},
		"load":    {outputs{{Type: "docker", Attrs: attrs{"name": "a"}}}, "a", false, outputs{{Type: "moby", Attrs: attrs{"name": "a"}}}, nil},
		"push": {
			outputs{{Type: "image", Attrs: attrs{"name": "a,b:1", "push": "true"}}}, "a,b:1", false,
			outputs{{Type: "moby", Attrs: attrs{"name": "a,b:1"}}}, []string{"a", "b:1"},
		},
		"push from the image store": {
			outputs{{Type: "image", Attrs: attrs{"name": "a", "push": "true"}}}, "a", true,
			outputs{{Type: "moby", Attrs: attrs{"name": "a", "push": "true"}}}, nil,
		},
		"archive from the image store": {
			outputs{{Type: "oci", Attrs: attrs{}, Dest: "x"}}, "", true,
			outputs{{Type: "oci", Attrs: attrs{}, Dest: "x"}}, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, pushes, err := forEngine(test.outputs, test.names, test.store)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.pushes, pushes)
		})
	}
}

func TestEngineWithoutArchives(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"oci", "docker"} {
		_, _, err := forEngine([]buildflags.Output{{Type: kind, Attrs: attrs{}, Dest: "x"}}, "", false)
		assert.EqualError(t, err, "this docker engine cannot write image archives: turn on its containerd image store, or build with another --builder")
	}
}

func TestNewDelivery(t *testing.T) {
	t.Parallel()
	request := &buildflags.Request{Outputs: []buildflags.Output{
		{Type: "local", Attrs: attrs{}, Dest: "out", Folder: true},
		{Type: "image", Attrs: attrs{"name": "a"}},
		{Type: "tar", Attrs: attrs{}, Dest: "x.tar"},
		{Type: "cacheonly", Attrs: attrs{}},
	}}
	d, err := newDelivery(t.Context(), Daemon{}, Options{Request: request})
	require.NoError(t, err)
	require.Len(t, d.exports, 3)
	assert.Equal(t, "out", d.exports[0].OutputDir)
	assert.Equal(t, attrs{"name": "a"}, d.exports[1].Attrs)
	assert.NotNil(t, d.exports[2].Output)
	assert.True(t, d.cacheOnly)
}
