package build

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestImageID(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		response map[string]string
		want     string
	}{
		"config":   {map[string]string{"containerimage.config.digest": "sha256:c", "containerimage.digest": "sha256:m"}, "sha256:c"},
		"manifest": {map[string]string{"containerimage.digest": "sha256:m"}, "sha256:m"},
		"no image": {map[string]string{}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := &Result{Response: test.response}
			assert.Equal(t, test.want, result.ImageID())
			path := filepath.Join(t.TempDir(), "id")
			require.NoError(t, result.WriteImageID(path))
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, test.want, string(data))
		})
	}
}

func TestWriteMetadata(t *testing.T) {
	t.Parallel()
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	result := &Result{Response: map[string]string{
		"containerimage.digest":     "sha256:m",
		"containerimage.descriptor": encode(`{"size":1}`),
		"list":                      encode(`[{"a":1}]`),
		"number":                    encode(`7`),
		"text":                      "abcd",
	}}
	path := filepath.Join(t.TempDir(), "metadata.json")
	require.NoError(t, result.WriteMetadata(path))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, `{
  "containerimage.descriptor": {
    "size": 1
  },
  "containerimage.digest": "sha256:m",
  "list": [
    {
      "a": 1
    }
  ],
  "number": "Nw==",
  "text": "abcd"
}`, string(data))
}
