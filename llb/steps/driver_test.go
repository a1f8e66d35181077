package steps_test

import (
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oldestPython parses a script as the oldest Python of Lambda would.
const oldestPython = `import ast, sys
ast.parse(open(sys.argv[1]).read(), sys.argv[1], feature_version=(3, 9))`

// TestScriptsAreForTheOldestPython: a build runs them with the interpreter of
// the base image, whichever that is.
func TestScriptsAreForTheOldestPython(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 on this machine to parse the scripts with")
	}
	scripts, err := filepath.Glob("*.py")
	require.NoError(t, err)
	require.Contains(t, scripts, "driver.py")
	for _, script := range scripts {
		out, err := exec.CommandContext(t.Context(), python, "-I", "-S", "-c", oldestPython, script).CombinedOutput()
		assert.NoError(t, err, "%s", out)
	}
}

// TestUnits runs the tests that are written in the scripts' own language.
func TestUnits(t *testing.T) {
	t.Parallel()
	scripts, err := os.Getwd()
	require.NoError(t, err)
	onEachPython(t, func(t *testing.T, python string) {
		command := exec.CommandContext(t.Context(), python, "-B", "-m", "unittest", "unit")
		command.Dir = "testdata"
		command.Env = append(os.Environ(), "PYTHONPATH="+scripts)
		out, err := command.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Regexp(t, `(?m)^Ran \d\d tests`, string(out))
	})
}

// fakeUV stands in for uv: it says and leaves what uv would, and fails when the
// environment tells it to.
const fakeUV = `#!/bin/sh
echo "Resolved 2 packages" >&2
if [ -n "$FAIL" ]; then
  printf 'warning: before\nerror: no such package\nhint: look\n' >&2
  exit 3
fi
for target; do :; done
mkdir -p "$target/pkg/tests" "$target/bin" "$target/pkg-1.0.dist-info"
touch "$target/.lock" "$target/bin/pkg"
printf 'x = 1\n' > "$target/pkg/__init__.py"
printf 'y = 1\n' > "$target/pkg/tests/test_x.py"
head -c 3000000 /dev/zero > "$target/pkg/lib.so"
chmod 700 "$target/pkg" && chmod 755 "$target/pkg/lib.so" && chmod 600 "$target/pkg/__init__.py"
ln -s lib.so "$target/pkg/lib.so.1"
printf 'pkg/__init__.py,sha256=a,6\npkg/lib.so,sha256=b,3000000\n' > "$target/pkg-1.0.dist-info/RECORD"
`

// pythons are the interpreters of this machine that Lambda has or had, by name.
var pythons = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	for minor := 9; minor < 20; minor++ {
		version := fmt.Sprintf("3.%d", minor)
		// A launcher of pyenv finds a Python only when its version is named.
		command := exec.Command("python"+version, "-c", "import sys; print(sys.executable)")
		command.Env = append(os.Environ(), "PYENV_VERSION="+version)
		if out, err := command.Output(); err == nil {
			found["python"+version] = strings.TrimSpace(string(out))
		}
	}
	return found
})

// onEachPython runs a test with each version of Python that this machine has.
func onEachPython(t *testing.T, test func(t *testing.T, python string)) {
	t.Helper()
	if len(pythons()) == 0 {
		t.Skip("there is no Python 3.9 or later on this machine to run the script with")
	}
	for name, python := range pythons() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, python)
		})
	}
}

// runDriver runs the driver with another root than a container has. It gives
// the root and what the driver says.
func runDriver(t *testing.T, python string, env []string, args ...string) (root, said string, err error) {
	t.Helper()
	root = t.TempDir()
	for _, folder := range []string{"layer", "out", "report", "tmp", "var/task"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, folder), 0o755))
	}
	uv := filepath.Join(root, "uv")
	require.NoError(t, os.WriteFile(uv, []byte(fakeUV), 0o755))
	paths := strings.NewReplacer(`"/layer"`, `"`+root+`/layer"`, `"/out"`, `"`+root+`/out"`, `"/var/task"`, `"`+root+`/var/task"`, `"/report/`, `"`+root+`/report/`)
	scripts, err := filepath.Glob("*.py")
	require.NoError(t, err)
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(root, script), []byte(paths.Replace(string(text))), 0o644))
	}
	command := exec.CommandContext(t.Context(), python, append([]string{"-I", "-S", "-B", filepath.Join(root, "driver.py")}, append(args, uv)...)...)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	out, err := command.CombinedOutput()
	return root, string(out), err
}

// reported is what the driver says of its failure, as data.
func reported(t *testing.T, root string) string {
	t.Helper()
	report, err := os.ReadFile(filepath.Join(root, "report/failure.json"))
	require.NoError(t, err)
	return string(report)
}

// TestInstallTidiesUp: what uv keeps for itself goes, and modes and times are
// the same in every build.
func TestInstallTidiesUp(t *testing.T) {
	t.Parallel()
	onEachPython(t, func(t *testing.T, python string) {
		root, said, err := runDriver(t, python, nil, "dependencies", "4000000")
		require.NoError(t, err, said)
		assert.Equal(t, "Resolved 2 packages\n", said)
		modes := map[string]fs.FileMode{}
		layer := filepath.Join(root, "layer")
		tree := layer + root + "/var/task"
		require.NoError(t, filepath.WalkDir(tree, func(name string, d fs.DirEntry, err error) error {
			require.NoError(t, err)
			info, err := d.Info()
			require.NoError(t, err)
			assert.Equal(t, int64(315532800), info.ModTime().Unix(), name)
			rel, err := filepath.Rel(tree, name)
			modes[rel] = info.Mode() & (fs.ModePerm | fs.ModeDir)
			return err
		}))
		link := modes["pkg/lib.so.1"]
		assert.Equal(t, map[string]fs.FileMode{
			".": 0o755 | fs.ModeDir, "pkg": 0o755 | fs.ModeDir, "pkg/tests": 0o755 | fs.ModeDir, "pkg-1.0.dist-info": 0o755 | fs.ModeDir,
			"pkg/__init__.py": 0o644, "pkg/tests/test_x.py": 0o644, "pkg-1.0.dist-info/RECORD": 0o644, "pkg/lib.so": 0o755, "pkg/lib.so.1": link,
		}, modes)
	})
}

// TestInstallSlims leaves out what it is asked to, and reports the bytes.
func TestInstallSlims(t *testing.T) {
	t.Parallel()
	onEachPython(t, func(t *testing.T, python string) {
		root, said, err := runDriver(t, python, nil, "dependencies", "4000000", "--slim", "tests")
		require.NoError(t, err, said)
		assert.NoDirExists(t, filepath.Join(root, "layer"+root, "var/task/pkg/tests"))
		assert.FileExists(t, filepath.Join(root, "layer"+root, "var/task/pkg/__init__.py"))
		saved, err := os.ReadFile(filepath.Join(root, "report/slimmed.json"))
		require.NoError(t, err)
		assert.Equal(t, `{"tests": 6}`, string(saved))
	})
}

// TestInstallPacks: each entry of the part is the file, with its owner, as a
// reader of zip archives finds it.
func TestInstallPacks(t *testing.T) {
	t.Parallel()
	onEachPython(t, func(t *testing.T, python string) {
		root, said, err := runDriver(t, python, nil, "dependencies", "4000000", "--pack", "python")
		require.NoError(t, err, said)
		table, err := os.ReadFile(filepath.Join(root, "report/part.tsv"))
		require.NoError(t, err)
		data, err := os.ReadFile(filepath.Join(root, "out/part.data"))
		require.NoError(t, err)
		owners := map[string]string{}
		for line := range strings.Lines(string(table)) {
			fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			require.Len(t, fields, 9)
			owners[fields[0]] = strings.TrimSpace(fields[7] + " " + fields[8])
			packed, err := strconv.Atoi(fields[4])
			require.NoError(t, err)
			offset, err := strconv.Atoi(fields[6])
			require.NoError(t, err)
			content := data[offset+30+len(fields[0]):][:packed]
			if fields[2] == "8" {
				content, err = io.ReadAll(flate.NewReader(bytes.NewReader(content)))
				require.NoError(t, err)
			}
			assert.Equal(t, fields[3], strconv.FormatUint(uint64(crc32.ChecksumIEEE(content)), 10), fields[0])
			assert.Equal(t, fields[5], strconv.Itoa(len(content)), fields[0])
		}
		assert.Equal(t, map[string]string{
			"python/pkg/__init__.py": "pkg 1.0", "python/pkg/lib.so": "pkg 1.0", "python/pkg/lib.so.1": "application",
			"python/pkg/tests/test_x.py": "application", "python/pkg-1.0.dist-info/RECORD": "application",
		}, owners)
	})
}

// TestInstallFails keeps what uv says from the error on for the report, and the
// names of the secrets that it was given.
func TestInstallFails(t *testing.T) {
	t.Parallel()
	onEachPython(t, func(t *testing.T, python string) {
		root, said, err := runDriver(t, python, []string{"FAIL=1", "UV_INDEX_OURS_PASSWORD=hunter2\n", "UV_INDEX_OURS_USERNAME="}, "dependencies", "4000000")
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		assert.Equal(t, 3, exit.ExitCode())
		assert.Equal(t, "Resolved 2 packages\nwarning: before\n", said)
		assert.JSONEq(t, `{"given": ["UV_INDEX_OURS_PASSWORD"], "messages": "Resolved 2 packages\nwarning: before\nerror: no such package\nhint: look\n"}`, reported(t, root))
	})
}

// TestInstallOfTooMuch names the largest packages.
func TestInstallOfTooMuch(t *testing.T) {
	t.Parallel()
	onEachPython(t, func(t *testing.T, python string) {
		root, _, err := runDriver(t, python, nil, "dependencies", "1000")
		require.Error(t, err)
		assert.Regexp(t, `^{"problem": "too-large", "message": "the installed files have 3000\d+ bytes, over Lambda's limit of 1000 for images; the largest packages are pkg 3.0 MB, application 0.0 MB: leave some out`, reported(t, root))
	})
}

// TestPackOfALostTree: files that are not there any more are an error for
// people.
func TestPackOfALostTree(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 on this machine to run the script with")
	}
	folder := t.TempDir()
	report := filepath.Join(folder, "failure.json")
	const script = `import sys; sys.path.insert(0, "."); import sizes, pack; sizes.REPORT = sys.argv[2]; pack.pack(sys.argv[1], "", sys.argv[1], sys.argv[1])`
	require.Error(t, exec.CommandContext(t.Context(), python, "-B", "-c", script, filepath.Join(folder, "tree"), report).Run())
	said, err := os.ReadFile(report)
	require.NoError(t, err)
	assert.JSONEq(t, `{"problem": "lost-tree", "message": "the files to compress are not there any more, as when the cache of the builder is pruned during a build: build again, and when that fails too, restart the builder"}`, string(said))
}
