package testenv

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLastStageConfig(t *testing.T) {
	t.Parallel()
	config, err := lastStageConfig([]byte(`FROM golang AS build
LABEL other="stage"
ENTRYPOINT ["/other"]
FROM scratch
LABEL moby.buildkit.frontend.network.none="true"
ENTRYPOINT ["/bin/frontend"]
`))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"moby.buildkit.frontend.network.none": "true"}, config.Labels)
	require.Equal(t, []string{"/bin/frontend"}, config.Entrypoint)
}

func TestLastStageConfigOfAStageBefore(t *testing.T) {
	t.Parallel()
	config, err := lastStageConfig([]byte(`FROM scratch AS release
LABEL from="release"
ENTRYPOINT ["/bin/frontend"]
FROM golang AS other
LABEL from="other"
FROM release
`))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"from": "release"}, config.Labels)
	require.Equal(t, []string{"/bin/frontend"}, config.Entrypoint)
}

func TestLastStageConfigNeedsAnEntrypoint(t *testing.T) {
	t.Parallel()
	_, err := lastStageConfig([]byte("FROM scratch\n"))
	require.EqualError(t, err, `the frontend's Dockerfile has the entrypoint []; this test expects one program`)
}
