package images

import (
	"archive/tar"
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOpenAsAnotherUser reads an archive whose files belong to others, and may
// be read by nobody, as somebody who is not root.
func TestOpenAsAnotherUser(t *testing.T) {
	if os.Geteuid() == 0 {
		// The folder of the test binary is closed to others, the running file is not.
		again := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestOpenAsAnotherUser$", "-test.v")
		again.Dir = "/"
		again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := again.CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Contains(t, string(out), "--- PASS: TestOpenAsAnotherUser")
		return
	}
	folder := t.TempDir()
	layoutFolder, archive := filepath.Join(folder, "layout"), filepath.Join(folder, "image.tar")
	_, err := layout.Write(layoutFolder, indexOf(t, "amd64"))
	require.NoError(t, err)
	writeArchive(t, archive, layoutFolder)
	image, remove, err := Open(t.Context(), File, archive, "")
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	assert.Equal(t, "amd64", config.Architecture)
	require.NoError(t, remove())
}

// writeArchive writes a folder as an archive of another user's, with a device
// and an attribute that only root may make.
func writeArchive(t *testing.T, archive, folder string) {
	t.Helper()
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3, Mode: 0o666}))
	require.NoError(t, filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == folder {
			return err
		}
		info, err := entry.Info()
		require.NoError(t, err)
		header, err := tar.FileInfoHeader(info, "")
		require.NoError(t, err)
		header.Name, err = filepath.Rel(folder, name)
		require.NoError(t, err)
		header.Uid, header.Gid, header.Mode = 12345, 12345, 0
		header.PAXRecords = map[string]string{"SCHILY.xattr.trusted.x": "y"}
		require.NoError(t, w.WriteHeader(header))
		if entry.IsDir() {
			return nil
		}
		_, err = io.WriteString(w, text(t, name))
		return err
	}))
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(archive, data.Bytes(), 0o600))
}
