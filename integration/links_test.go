package integration

import (
	"archive/tar"
	"archive/zip"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// linkedFunction has links of every kind that a build follows.
func linkedFunction(t *testing.T) string {
	t.Helper()
	dir := newFunction(t, map[string]string{
		"fn/app.py": "from fn.common import V\nfrom fn.deep.er import W\n" +
			"def handler(event, context):\n    return [V, W, open('/var/task/fn/lib/libx.so').read(), open('/var/task/fn/newest/a.txt').read()]\n",
		"shared/common/__init__.py": "V = 3\n",
		"libs/deep/er.txt":          "",
		"releases/2/er.py":          "W = 4\n",
		"fn/lib/libx.so.1.2":        "library",
		"fn/data/a.txt":             "a",
		"pyproject.toml":            projectTable + strings.Replace(handlerTable, "app.handler", "fn.app.handler", 1),
		"event.json":                "{}",
	})
	for at, to := range map[string]string{
		"fn/common":             "../shared/common",
		"fn/deep":               "../libs/deep",
		"libs/deep/er.py":       "../../current/er.py",
		"current":               "releases/2",
		"fn/lib/libx.so":        "libx.so.1",
		"fn/lib/libx.so.1":      "libx.so.1.2",
		"fn/newest":             "data",
		"fn/.#app.py":           "me@host.1234:99",
		".#pyproject.toml":      "me@host.1234:99",
		"result":                "/nix/store/nothing",
		"shared/common/dangles": "nowhere",
	} {
		require.NoError(t, os.Symlink(to, filepath.Join(dir, at)))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "fn", "empty"), 0o755))
	return dir
}

// linkedTree is the task root of linkedFunction: files by their content, links
// by "-> " and where they lead, and folders with nothing in them.
var linkedTree = map[string]string{
	"fn/app.py":             "",
	"fn/common/__init__.py": "V = 3\n",
	"fn/data/a.txt":         "a",
	"fn/deep/er.py":         "W = 4\n",
	"fn/deep/er.txt":        "",
	"fn/empty/":             "",
	"fn/lib/libx.so":        "-> libx.so.1",
	"fn/lib/libx.so.1":      "-> libx.so.1.2",
	"fn/lib/libx.so.1.2":    "library",
	"fn/newest":             "-> data",
}

// withoutSource compares trees without the handler's own text.
func withoutSource(tree map[string]string) map[string]string {
	tree["fn/app.py"] = ""
	return tree
}

// TestLinks follows the links of an application alike in every output.
func TestLinks(t *testing.T) {
	t.Parallel()
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			t.Parallel()
			dir := linkedFunction(t)
			out := t.TempDir()
			ref := newReference(t)
			warned := door.MustBuild(t, dir, "-t", ref, "--push", "--progress", "plain")
			for _, link := range []string{"fn/.#app.py", "shared/common/dangles"} {
				assert.Contains(t, warned.Stderr, link+" is a symbolic link to ")
			}
			response := invoke(t, ref, filepath.Join(dir, "event.json"))
			assert.JSONEq(t, `[3, 4, "library", "a"]`, response)
			image := mutate.Extract(pull(t, ref))
			defer image.Close()
			assert.Equal(t, linkedTree, withoutSource(tarTree(t, image, "var/task/fn")))

			for _, target := range []string{"zip", "app"} {
				door.MustBuild(t, dir, "--target", target, "-o", filepath.Join(out, target))
				archive := onlyArchive(t, filepath.Join(out, target))
				assert.Equal(t, linkedTree, withoutSource(zipTree(t, archive)), target)
				unpacked := t.TempDir()
				succeed(t, exec.Command("python3", "-c", unpackWithLinks, archive, unpacked))
				assert.Equal(t, linkedTree, withoutSource(folderTree(t, unpacked)), target)
			}
			door.MustBuild(t, dir, "--target", "dir", "-o", filepath.Join(out, "dir"))
			assert.Equal(t, linkedTree, withoutSource(folderTree(t, filepath.Join(out, "dir"))))
		})
	}
}

// TestLinksInTheContext locks and builds a whole context with dangling links.
func TestLinksInTheContext(t *testing.T) {
	t.Parallel()
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			t.Parallel()
			dir := linkedFunction(t)
			door.MustBuild(t, dir, "--target", "lock", "-o", dir)
			edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]", "[tool.uvlambda]\ninclude = [\".\"]\nexclude = [\"result\"]")
			out := filepath.Join(t.TempDir(), "out")
			door.MustBuild(t, dir, "--target", "zip", "-o", out)
			tree := zipTree(t, onlyArchive(t, out))
			assert.Equal(t, "-> ../shared/common", tree["fn/common"], "both ends are in the task root")
			assert.Equal(t, "V = 3\n", tree["shared/common/__init__.py"])
			assert.Equal(t, "-> releases/2", tree["current"])
			assert.NotContains(t, tree, "fn/.#app.py")
			assert.NotContains(t, tree, ".#pyproject.toml")
		})
	}
}

// TestNoFile refuses a path that is neither file nor folder, for each target.
func TestNoFile(t *testing.T) {
	t.Parallel()
	for _, door := range env.Doors() {
		for _, target := range []string{"image", "zip", "app", "dir", "test"} {
			t.Run(door.Name+" "+target, func(t *testing.T) {
				t.Parallel()
				dir := linkedFunction(t)
				require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "fn", "pipe"), 0o644))
				flags := []string{"--target", target}
				if target != "image" {
					flags = append(flags, "-o", t.TempDir())
				}
				result := door.Build(t, dir, flags...)
				require.Error(t, result.Err)
				assert.Contains(t, result.Stderr, "fn/pipe is a named pipe, a socket or a device, which no function can hold: remove it, or leave it out with `exclude`")

				edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]", "[tool.uvlambda]\nexclude = [\"fn/pipe\"]")
				door.MustBuild(t, dir, flags...)
			})
		}
	}
}

// unpackWithLinks unpacks an archive as Lambda does: Python's own zipfile makes
// files of links.
const unpackWithLinks = `
import os, stat, sys, zipfile
for entry in zipfile.ZipFile(sys.argv[1]).infolist():
    path = os.path.join(sys.argv[2], entry.filename)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    content = zipfile.ZipFile(sys.argv[1]).read(entry)
    if stat.S_ISLNK(entry.external_attr >> 16):
        os.symlink(content, path)
    elif entry.is_dir():
        assert stat.S_ISDIR(entry.external_attr >> 16), entry
    else:
        open(path, "wb").write(content)
`

// tarTree is a folder of a tar stream, in the form of linkedTree.
func tarTree(t *testing.T, r io.Reader, below string) map[string]string {
	t.Helper()
	tree, folders := map[string]string{}, []string{}
	readTar(t, r, func(h *tar.Header, content []byte) {
		name, ok := strings.CutPrefix(strings.TrimPrefix(h.Name, "/"), below+"/")
		if !ok {
			return
		}
		name = "fn/" + strings.TrimSuffix(name, "/")
		switch h.Typeflag {
		case tar.TypeDir:
			folders = append(folders, name)
		case tar.TypeSymlink:
			tree[name] = "-> " + h.Linkname
		default:
			tree[name] = string(content)
		}
	})
	return withEmpty(tree, folders)
}

// zipTree is an archive, in the form of linkedTree.
func zipTree(t *testing.T, file string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(file)
	require.NoError(t, err)
	defer archive.Close()
	tree := map[string]string{}
	for _, f := range archive.File {
		content, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(content)
		require.NoError(t, err)
		tree[f.Name] = string(data)
		if f.Mode()&fs.ModeSymlink != 0 {
			tree[f.Name] = "-> " + string(data)
		}
	}
	return tree
}

// folderTree is a folder, in the form of linkedTree.
func folderTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	tree, folders := map[string]string{}, []string{}
	require.NoError(t, filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		name := strings.TrimPrefix(strings.TrimPrefix(p, dir), "/")
		switch {
		case name == "":
		case d.IsDir():
			folders = append(folders, name)
		case d.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(p)
			require.NoError(t, err)
			tree[name] = "-> " + to
		default:
			content, err := os.ReadFile(p)
			require.NoError(t, err)
			tree[name] = string(content)
		}
		return nil
	}))
	return withEmpty(tree, folders)
}

// withEmpty adds the folders with nothing in them.
func withEmpty(tree map[string]string, folders []string) map[string]string {
	all := slices.Concat(slices.Collect(maps.Keys(tree)), folders)
	for _, dir := range folders {
		if !slices.ContainsFunc(all, func(p string) bool { return strings.HasPrefix(p, dir+"/") }) {
			tree[dir+"/"] = ""
		}
	}
	return tree
}
