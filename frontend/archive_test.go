package frontend

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the packing step found out of an archive is handed to the client, and
// an archive that has to go through S3 is warned of.
func TestArchiveFacts(t *testing.T) {
	t.Parallel()
	const large = "greeting.zip has 52.4 MB, and Lambda takes at most 50 MB directly: " +
		"upload it to S3 and name it by --s3-bucket and --s3-key, or build an image"
	for facts, warnings := range map[string][]string{
		`{"zipped":52428800}`: nil,
		`{"zipped":52428801}`: {large},
	} {
		s := newStub(changed("greeting.json", facts+"\n"), map[string]string{"target": "zip"})
		res, err := buildForTest(t.Context(), s)
		require.NoError(t, err)
		assert.Equal(t, facts, string(res.Metadata[MetadataArchive]))
		assert.Equal(t, warnings, s.warnings)
	}
}

// Each platform has facts of its own.
func TestArchiveFactsOfPlatforms(t *testing.T) {
	t.Parallel()
	s := newStub(changed("greeting.json", `{"zipped": 1}`), map[string]string{"target": "zip", "platform": "linux/amd64,linux/arm64"})
	res, err := buildForTest(t.Context(), s)
	require.NoError(t, err)
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		assert.Equal(t, `{"zipped":1}`, string(res.Metadata[MetadataArchive+"/"+platform]))
	}
}
