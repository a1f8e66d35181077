package buildflags

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// placeProject is a workspace in a folder of its own: app is a member, link
// leads to the root, out holds a file, and pair.json the facts of pair.zip.
func placeProject(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "project")
	for name, text := range map[string]string{
		"pyproject.toml": "", "app/pyproject.toml": "", "out/old.txt": "", "package.json": "{}",
		"pair.zip": "", "pair.json": `{"CodeSha256": "x"}`, "old.tar/x": "", "folder.zip/x": "",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "empty"), 0o755))
	require.NoError(t, os.Symlink(".", filepath.Join(dir, "link")))
	require.NoError(t, os.Symlink(dir, filepath.Join(dir, "..", "beside")))
	return dir
}

// TestPlaces has what a path given to --output stands for, by target. DIR is the
// context. A file has a result of its own name; an error has its words here.
func TestPlaces(t *testing.T) {
	t.Parallel()
	const (
		overImage = "the files of an image would be written over the project in DIR: name another folder, or a new one in it"
		overDir   = "the files of the task root would be written over the project in DIR: name another folder, or a new one in it"
		lockHint  = "; uv.lock is written by --target lock"
		facts     = "makes a .zip file, with its facts in a .json file beside it: name the .zip file, as in -o DIR/dist.zip, or a folder"
	)
	mixed := func(dest string) string {
		return "the folder is not empty, and the files of an image would be written among those in it: name a new folder, or say -o type=local,dest=" + dest +
			"; for the image itself use --load, --push or -o type=oci,dest=FILE"
	}
	tests := []struct {
		target, output string
		// want is folder, file or an error.
		want string
	}{
		// An image has the names of a whole system.
		{"", "DIR", overImage + lockHint},
		{"", "DIR/.", overImage + lockHint},
		{"", "DIR/app/..", overImage + lockHint},
		{"", "DIR/link", overImage + lockHint},
		{"", "DIR/../beside", overImage + lockHint},
		{"", "DIR/..", overImage + lockHint},
		{"", "/", overImage + lockHint},
		{"", "type=local,dest=DIR", overImage + lockHint},
		{"image", "type=local,dest=DIR", overImage},
		{"orders", "type=local,dest=DIR/..", overImage},
		{"", "type=oci,tar=false,dest=DIR", "the blobs of an image would be written over the project in DIR: name another folder, or a new one in it" + lockHint},
		{"", "DIR/out", mixed("DIR/out")},
		{"orders/image", "DIR/app", mixed("DIR/app")},
		{"", "DIR/link/out", mixed("DIR/link/out")},
		{"", "type=local,dest=DIR/out", "folder"},
		{"", "type=oci,tar=false,dest=DIR/out", "folder"},
		{"", "DIR/new", "folder"},
		{"", "DIR/new/deeper", "folder"},
		{"", "DIR/empty", "folder"},
		{"", "DIR/v1.2", "folder"},
		// A task root has the names of the project.
		{"dir", "DIR", overDir},
		{"orders/dir", "DIR/link", overDir},
		{"dir", "type=local,dest=DIR/..", overDir},
		{"dir", "DIR/out", "folder"},
		{"dir", "DIR/new", "folder"},
		// Few files, of known names.
		{"zip", "DIR", "folder"},
		{"layer", "DIR", "folder"},
		{"app", "DIR/..", "folder"},
		{"lock", "DIR", "folder"},
		{"test", "DIR", "folder"},
		// A file that is meant.
		{"zip", "DIR/dist.zip", "file"},
		{"zip", "DIR/new/dist.ZIP", "file"},
		{"orders/layer", "DIR/dist.zip", "file"},
		{"app", "DIR/pair.zip", "file"},
		{"zip", "DIR/dist.zip/", "folder"},
		{"zip", "type=local,dest=DIR/dist.zip", "folder"},
		{"zip", "DIR/folder.zip", "DIR/folder.zip is a folder, a file is needed"},
		{"zip", "DIR/package.zip", "the archive's facts would replace DIR/package.json, which holds something else: name another place"},
		{"zip", "DIR/dist.json", "--target zip " + facts},
		{"orders/app", "DIR/dist.tar", "--target orders/app " + facts},
		{"zip", "DIR/old.tar", "folder"},
		{"", "DIR/dist.zip", "--target image makes no .zip file: use --target zip, or name a folder"},
		{"dir", "DIR/dist.zip", "--target dir makes no .zip file: use --target zip, or name a folder"},
		{"", "DIR/out.tar", "say what the file is to hold: -o type=oci,dest=DIR/out.tar for the image, or -o type=tar,dest=DIR/out.tar for the files in it"},
		{"orders", "DIR/out.tar.gz", "say what the file is to hold: -o type=oci,dest=DIR/out.tar.gz for the image, or -o type=tar,dest=DIR/out.tar.gz for the files in it"},
		{"dir", "DIR/out.tar", "a path is a folder: write the file with -o type=tar,dest=DIR/out.tar"},
		{"", "DIR/out.json", "--target image makes no such file: name a folder"},
		{"lock", "DIR/uv.lock", "--target lock writes the file uv.lock into a folder: name the folder of the project with -o"},
		{"test", "DIR/report.json", "--target test writes the file test-report.json into a folder: name the folder, as in -o report"},
	}
	for _, test := range tests {
		// The name is part of the folder's, where = and , would be read.
		t.Run(strings.NewReplacer("=", ":", ",", " ").Replace(test.target+" to "+test.output), func(t *testing.T) {
			t.Parallel()
			dir := placeProject(t)
			in := strings.NewReplacer("DIR", dir)
			value := in.Replace(test.output)
			request, err := parse(t, "--target", test.target, "-o", value).Request(dir, environment(nil))
			if test.want != "folder" && test.want != "file" {
				assert.EqualError(t, err, `invalid --output "`+value+`": `+in.Replace(test.want))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want == "folder", request.Outputs[0].Folder)
			assert.NoDirExists(t, filepath.Join(dir, "new"))
		})
	}
}

// The folder of the build file is the project too, when the context is above.
func TestPlaceOfAMember(t *testing.T) {
	t.Parallel()
	dir := placeProject(t)
	member := filepath.Join(dir, "app")
	_, err := parse(t, "-f", filepath.Join(member, "pyproject.toml"), "--target", "dir", "-o", member).Request(dir, environment(nil))
	assert.EqualError(t, err, `invalid --output "`+member+`": the files of the task root would be written over the project in `+member+`: name another folder, or a new one in it`)
}

// A cache has the names of an image's layout.
func TestPlaceOfACache(t *testing.T) {
	t.Parallel()
	dir := placeProject(t)
	_, err := parse(t, "--cache-to", "type=local,dest="+dir).Request(dir, environment(nil))
	require.EqualError(t, err, `invalid --cache-to "type=local,dest=`+dir+`": the cache's blobs would be written over the project in `+dir+`: name another folder, or a new one in it`)
	_, err = parse(t, "--cache-to", "type=local,dest="+filepath.Join(dir, "out")).Request(dir, environment(nil))
	assert.NoError(t, err)
}

// An archive of each platform has no place in one file.
func TestPlaceOfPlatforms(t *testing.T) {
	t.Parallel()
	dir := placeProject(t)
	file := filepath.Join(dir, "dist.zip")
	_, err := parse(t, "--target", "zip", "--platform", "linux/amd64,linux/arm64", "-o", file).Request(dir, environment(nil))
	assert.EqualError(t, err, `invalid --output "`+file+`": there is an archive for each platform: name a folder`)
}
