package integration

import (
	"archive/tar"
	"crypto/sha256"
	"fmt"
	"os"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/require"
)

// requireSameImage compares two images: their layers to the byte, and all of
// their configuration but the history's words.
func requireSameImage(t *testing.T, ours, theirs v1.Image) {
	t.Helper()
	want, err := ours.ConfigFile()
	require.NoError(t, err)
	got, err := theirs.ConfigFile()
	require.NoError(t, err)
	require.Len(t, got.RootFS.DiffIDs, len(want.RootFS.DiffIDs))
	for i, diffID := range want.RootFS.DiffIDs {
		if diffID != got.RootFS.DiffIDs[i] {
			require.Equal(t, entries(t, ours, i), entries(t, theirs, i))
		}
	}
	require.Equal(t, want.RootFS, got.RootFS)
	// The Dockerfile frontend sets this for every CMD. It is of Windows only.
	got.Config.ArgsEscaped = false
	require.Equal(t, want.Config, got.Config)
	require.Equal(t, want.Platform().String(), got.Platform().String())
	require.Equal(t, want.Created, got.Created)
	require.Equal(t, layerTimes(want), layerTimes(got))
}

// layerTimes are the times of the layers in an image's history.
func layerTimes(config *v1.ConfigFile) []v1.Time {
	var times []v1.Time
	for _, h := range config.History {
		if !h.EmptyLayer {
			times = append(times, h.Created)
		}
	}
	return times
}

// entries describes what a layer holds.
func entries(t *testing.T, img v1.Image, i int) map[string]string {
	t.Helper()
	layers, err := img.Layers()
	require.NoError(t, err)
	archive, err := layers[i].Uncompressed()
	require.NoError(t, err)
	defer archive.Close()
	found := map[string]string{}
	readTar(t, archive, func(h *tar.Header, content []byte) {
		found[h.Name] = fmt.Sprintf("%s %d:%d %s %s %x", h.FileInfo().Mode(), h.Uid, h.Gid, h.ModTime.UTC(), h.Linkname, sha256.Sum256(content))
	})
	return found
}

// describe is a file's mode, time and content.
func describe(t *testing.T, file string) string {
	t.Helper()
	info, err := os.Stat(file)
	require.NoError(t, err)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	return fmt.Sprintf("%s %s %x", info.Mode(), info.ModTime().UTC(), sha256.Sum256(content))
}
