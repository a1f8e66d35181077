package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// contents gives the files of a folder with what they hold, and links with where
// they lead.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range listFiles(t, dir) {
		file := filepath.Join(dir, name)
		if link, err := os.Readlink(file); err == nil {
			files[name] = "-> " + link
			continue
		}
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		files[name] = string(data)
	}
	return files
}

// Whatever a build is told to write, no file of the project changes: an output
// over the project is refused, and an output into its folder is put beside its
// files.
func TestOutputLeavesTheProjectAlone(t *testing.T) {
	t.Parallel()
	const refused = "would be written over the project"
	for name, tt := range map[string]struct {
		target, output string
		// err is part of the error, new are the files that come into the project.
		err string
		new []string
	}{
		"image":                         {"image", "DIR", refused, nil},
		"image above":                   {"image", "DIR/..", refused, nil},
		"image through a link":          {"image", "DIR/link", refused, nil},
		"image that was said":           {"image", "type=local,dest=DIR", refused, nil},
		"image beside files":            {"image", "DIR/data", "the folder is not empty", nil},
		"image as a tar":                {"image", "DIR/out.tar", "say what the file is to hold", nil},
		"task root":                     {"dir", "DIR", refused, nil},
		"archive":                       {"zip", "DIR", "", []string{"function.json", "function.zip"}},
		"named archive":                 {"zip", "DIR/dist.zip", "", []string{"dist.json", "dist.zip"}},
		"named archive in a new folder": {"zip", "DIR/dist/a.zip", "", []string{"dist/a.json", "dist/a.zip"}},
		"named application":             {"app", "DIR/dist.zip", "", []string{"dist.json", "dist.zip"}},
		"archive as its facts":          {"zip", "DIR/dist.json", "makes a .zip file", nil},
		"lock":                          {"lock", "DIR", "", nil},
		"report":                        {"test", "DIR", "", []string{"test-report.json"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newFunction(t, map[string]string{"data/a.txt": "a"})
			require.NoError(t, os.Symlink(".", filepath.Join(dir, "link")))
			env.CLI().MustBuild(t, dir, "--target", "lock", "-o", dir)
			before := contents(t, dir)
			result := env.CLI().Build(t, dir, "--platform", testenv.BuildPlatform(), "--target", tt.target, "-o", strings.ReplaceAll(tt.output, "DIR", dir))
			if tt.err != "" {
				require.Error(t, result.Err)
				require.Contains(t, result.Stderr, tt.err)
			} else {
				require.NoError(t, result.Err, result.Stderr)
			}
			after := contents(t, dir)
			for _, file := range tt.new {
				require.Contains(t, after, file)
				delete(after, file)
			}
			require.Equal(t, before, after)
		})
	}
}

// A named archive is the same when BuildKit writes it, and a build that fails
// leaves the older one.
func TestNamedArchive(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	out := t.TempDir()
	flags := []string{"--platform", "linux/amd64", "--target", "zip"}
	env.CLI().MustBuild(t, dir, append(flags, "-o", filepath.Join(out, "here.zip"))...)
	env.CLI().MustBuild(t, dir, append(flags, "-o", filepath.Join(out, "there.zip"), "--build-arg", "BUILDKIT_SYNTAX="+env.Frontend)...)
	made := contents(t, out)
	require.Len(t, made, 4)
	require.Equal(t, made["here.zip"], made["there.zip"])
	require.Equal(t, made["here.json"], made["there.json"])

	require.NoError(t, os.Remove(filepath.Join(dir, "app.py")))
	require.Error(t, env.CLI().Build(t, dir, append(flags, "-o", filepath.Join(out, "here.zip"))...).Err)
	require.Equal(t, made, contents(t, out))
}
