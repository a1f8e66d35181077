package integration

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTaskRootsAsUVInstalls compares task roots with what uv by itself installs
// of the same lock, for both architectures, and with what the packages record of
// their files.
func TestTaskRootsAsUVInstalls(t *testing.T) {
	t.Parallel()
	programs, err := newestUV()
	require.NoError(t, err)
	uv := func(t *testing.T, dir string, args ...string) {
		command := exec.CommandContext(t.Context(), filepath.Join(programs, "uv"), args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "UV_NO_CONFIG=1", "UV_PYTHON_DOWNLOADS=never")
		succeed(t, command)
	}
	for name, project := range map[string]struct {
		dir func(*testing.T) string
		// export are flags of `uv export`, own are the application's files.
		export []string
		own    string
	}{
		"fastapi":   {func(t *testing.T) string { return env.Example(t, "fastapi") }, nil, "app/"},
		"extras":    {func(t *testing.T) string { return lockedShape(t, "extras") }, []string{"--extra", "parse", "--group", "encode"}, "main.py"},
		"namespace": {func(t *testing.T) string { return lockedShape(t, "namespace") }, nil, "jaraco"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := project.dir(t)
			for arch, machine := range map[string]string{"amd64": "x86_64", "arm64": "aarch64"} {
				out, installed := filepath.Join(t.TempDir(), "ours"), filepath.Join(t.TempDir(), "uv")
				env.CLI().MustBuild(t, dir, "--target", "dir", "--platform", "linux/"+arch, "-o", out)
				list := filepath.Join(t.TempDir(), "requirements.txt")
				uv(t, dir, append([]string{"export", "--frozen", "--no-default-groups", "--no-emit-local", "--output-file", list}, project.export...)...)
				uv(t, dir, "pip", "install", "--no-deps", "--only-binary", ":all:", "--target", installed, "--requirements", list,
					"--python-version", "3.13", "--python-platform", machine+"-manylinux_2_34")
				ours, theirs := installedFiles(t, out), installedFiles(t, installed)
				for _, file := range slices.Sorted(maps.Keys(theirs)) {
					assert.Equal(t, theirs[file], ours[file], "%s on %s", file, arch)
				}
				for file := range ours {
					_, known := theirs[file]
					assert.True(t, known || strings.HasPrefix(file, project.own), "%s on %s is not what uv installs", file, arch)
				}
				requireRecorded(t, out)
			}
		})
	}
}

// installedFiles are the files of a folder by their content, without bytecode
// and what records an installation.
func installedFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, file := range listFiles(t, dir) {
		switch path.Base(file) {
		case "RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", ".lock":
			continue
		}
		if strings.Contains(file, "__pycache__/") || strings.HasPrefix(file, "bin/") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		files[file] = string(content)
	}
	return files
}

// requireRecorded fails unless each file that a package records is there with
// the recorded checksum.
func requireRecorded(t *testing.T, dir string) {
	t.Helper()
	records, err := filepath.Glob(filepath.Join(dir, "*.dist-info", "RECORD"))
	require.NoError(t, err)
	require.NotEmpty(t, records)
	for _, record := range records {
		f, err := os.Open(record)
		require.NoError(t, err)
		rows, err := csv.NewReader(f).ReadAll()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		for _, row := range rows {
			algorithm, sum, _ := strings.Cut(row[1], "=")
			if algorithm != "sha256" {
				continue
			}
			content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row[0])))
			require.NoError(t, err, "%s of %s", row[0], record)
			got := sha256.Sum256(content)
			require.Equal(t, sum, base64.RawURLEncoding.EncodeToString(got[:]), row[0])
		}
	}
}
