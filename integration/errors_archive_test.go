package integration

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// What cannot be in an archive, among the files of the application.
func TestMistakesInArchives(t *testing.T) {
	t.Parallel()
	data := func(file string) map[string]string {
		files := uvlambda("handler = \"app.handler\"\ninclude = [\"data\"]")
		files[file] = ""
		return files
	}
	zip := []string{"--target", "zip"}
	checkMistakes(t, []mistake{
		{
			name:  "link out of the archive",
			files: data("data/names.txt"), links: map[string]string{"data/hosts": "/etc/hosts"},
			archive: true, flags: zip,
			want: "pyproject.toml:10: data/hosts is a symbolic link to /etc/hosts, outside of the build context: copy the files into the context, or leave the link out with `exclude`",
		},
		{
			name:  "name that is a path elsewhere",
			files: data(`data/a\b.txt`), archive: true, flags: zip,
			want: `pyproject.toml:8: function.zip: the file name 'data/a\\b.txt' cannot live in a zip archive: rename the file`,
		},
		{
			name:    "layer without dependencies",
			archive: true, flags: []string{"--target", "layer"},
			want: "pyproject.toml:6: function has no third-party dependencies to make a layer of: build --target zip",
		},
	})
}

// An archive that Lambda would refuse to unpack is not written. Zeros make a
// small wheel of it.
func TestArchiveOverTheLimit(t *testing.T) {
	t.Parallel()
	const limit = 262144000
	wheel := exampleWheel(t, [2]string{"example_dist.bin", strings.Repeat("\x00", limit)})
	dir := newFunction(t, dependent(serveWheel(t, wheel), wheel))
	out := t.TempDir()
	result := env.CLI().Build(t, dir, "--target", "zip", "-o", out)
	require.Error(t, result.Err)
	require.Regexp(t, `pyproject.toml:7: function.zip: the archive has 26214\d{4} bytes unzipped, over Lambda's limit of 262144000; `+
		`the largest packages are example_dist 262\.1 MB, application 0\.0 MB: leave some out, or build an image, which may have 10 GB`, result.Stderr)
	require.Empty(t, listFiles(t, out))
}

// Lambda unpacks an archive and its layers together, so they count together:
// the layer alone is written, the code that goes over the limit is not.
func TestArchiveAndLayerOverTheLimit(t *testing.T) {
	t.Parallel()
	const most = 262144000 - 1<<20
	wheel := exampleWheel(t, [2]string{"example_dist.bin", strings.Repeat("\x00", most)})
	files := dependent(serveWheel(t, wheel), wheel)
	files["data.bin"] = strings.Repeat("\x00", 2<<20)
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], handlerTable, handlerTable+"include = [\"data.bin\"]\n", 1)
	dir := newFunction(t, files)
	layer, app := t.TempDir(), t.TempDir()
	env.CLI().MustBuild(t, dir, "--target", "layer", "-o", layer)
	result := env.CLI().Build(t, dir, "--target", "app", "-o", app)
	require.Error(t, result.Err)
	require.Regexp(t, `pyproject.toml:7: function-app.zip: the archive and its layer have 26319\d{4} bytes unzipped, over Lambda's limit of 262144000; `+
		`the largest packages are example_dist 261\.1 MB, application 2\.1 MB: leave some out, or build an image, which may have 10 GB`, result.Stderr)
	require.Empty(t, listFiles(t, app))
}

// An installation over the limit of images fails, for no output can hold it. A
// sparse file weighs nothing on this machine: the uv of this test makes such a file
// from each *.bin of the packages.
func TestInstallationOverTheLimitOfImages(t *testing.T) {
	t.Parallel()
	images := growingUV(t)
	wheel := exampleWheel(t, [2]string{"example_dist.bin", ""})
	member := completeFunction(serveWheel(t, exampleWheel(t)), exampleWheel(t))
	member["library/src/library/model.bin"] = ""
	for name, tt := range map[string]struct {
		files map[string]string
		want  string
	}{
		"dependencies": {dependent(serveWheel(t, wheel), wheel),
			`pyproject.toml:5: installing the dependencies failed: the installed files have 118111\d{5} bytes, over Lambda's limit of 10737418240 for images; ` +
				`the largest packages are example_dist 11811\.2 MB: leave some out, or have the function read large files from S3 or EFS`},
		"member": {member,
			`library/pyproject.toml:9: building library failed \(library 0\.1\.0 <- your dependencies, line 5 of pyproject.toml\): the installed files have 118111\d{5} bytes, over Lambda's limit of 10737418240 for images; ` +
				`the largest packages are library 11811\.2 MB: leave some out, or have the function read large files from S3 or EFS`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newFunction(t, tt.files)
			for _, door := range env.Doors() {
				result := door.Build(t, dir, slices.Concat(images, []string{"-t", newReference(t), "--push"})...)
				require.Error(t, result.Err)
				require.Regexp(t, tt.want+"\n", result.Stderr)
			}
		})
	}
}

// growingUV gives the flags of a build whose uv is uv, and then makes each
// *.bin that it installed a sparse file over the limit of images.
func growingUV(t testing.TB) []string {
	t.Helper()
	const real = "/usr/local/bin/uv"
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "uv"), "#!/bin/sh\n"+real+` "$@" || exit
for file in /var/task/*.bin /var/task/*/*.bin; do
    [ ! -e "$file" ] || truncate -s 11G "$file" || exit
done
`)
	return asBaseAndUV(derive(t, dir, "FROM "+standin.Python313+"\nCOPY --from="+standin.UVNewest+" /uv "+real+"\nCOPY --chmod=755 uv /uv\n"))
}
