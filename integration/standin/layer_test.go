package standin

import (
	"archive/tar"
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLayerHoldsParentsInOrder(t *testing.T) {
	t.Parallel()
	content := tree{}
	content.file("var/task/app.py", 0o644, []byte("x"))
	content.symlink("bin", "usr/bin")
	content.dir("tmp", 0o1777)
	layer, err := content.layer()
	require.NoError(t, err)
	r, err := layer.Uncompressed()
	require.NoError(t, err)
	defer r.Close()

	var got []tar.Header
	for archive := tar.NewReader(r); ; {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		require.Zero(t, header.ModTime.Unix(), header.Name)
		got = append(got, tar.Header{Name: header.Name, Mode: header.Mode, Linkname: header.Linkname, Size: header.Size})
	}
	require.Equal(t, []tar.Header{
		{Name: "bin", Mode: 0o777, Linkname: "usr/bin"},
		{Name: "tmp/", Mode: 0o1777},
		{Name: "var/", Mode: 0o755},
		{Name: "var/task/", Mode: 0o755},
		{Name: "var/task/app.py", Mode: 0o644, Size: 1},
	}, got)
}

func TestLayerIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	content := tree{}
	for _, name := range []string{"a/b", "a/c", "d", "e/f/g", "h"} {
		content.file(name, 0o644, []byte(name))
	}
	first, err := content.layer()
	require.NoError(t, err)
	want, err := first.Digest()
	require.NoError(t, err)
	for range 10 {
		again, err := content.layer()
		require.NoError(t, err)
		got, err := again.Digest()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestReadTarLeavesOutDevicesAndCopiesHardLinks(t *testing.T) {
	t.Parallel()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, header := range []*tar.Header{
		{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "./dev/null", Typeflag: tar.TypeChar, Mode: 0o666},
		{Name: "./usr/bin/perl", Typeflag: tar.TypeReg, Mode: 0o755},
		{Name: "./usr/bin/perl5", Typeflag: tar.TypeLink, Linkname: "./usr/bin/perl"},
		{Name: "./bin", Typeflag: tar.TypeSymlink, Linkname: "usr/bin"},
	} {
		require.NoError(t, w.WriteHeader(header))
	}
	require.NoError(t, w.Close())
	got, err := readTar(&archive)
	require.NoError(t, err)
	perl := entry{typeflag: tar.TypeReg, mode: 0o755, data: []byte{}}
	require.Equal(t, tree{
		"usr/bin/perl":  perl,
		"usr/bin/perl5": perl,
		"bin":           {typeflag: tar.TypeSymlink, mode: 0o777, link: "usr/bin"},
	}, got)
}
