package differential

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
)

// settings runs uv with the settings of the project in a folder, and of nothing else, and
// gives its messages.
func settings(t testing.TB, dir string, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), oracles.Python.Program("uv"), append(args, "--python", oracles.Python.Program("python"))...)
	command.Dir = dir
	// The cache is beside all folders of a test, with what uv knows of the Python.
	command.Env = []string{"HOME=" + dir, "UV_PYTHON_DOWNLOADS=never", "UV_OFFLINE=1", "NO_COLOR=1", "UV_CACHE_DIR=" + filepath.Join(dir, "..", "cache")}
	out, err := command.CombinedOutput()
	return string(out), err
}

// discover has uv read the settings of a project, and find no lock.
func discover(t testing.TB, dir string, args ...string) string {
	t.Helper()
	messages, err := settings(t, dir, append(args, "export", "--frozen")...)
	require.Error(t, err)
	return messages
}

// settled is a project with settings of uv.
func settled(table string) string {
	return "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"pa\"]\n[dependency-groups]\ndev = []\n" + table
}

// The entries that are read are all that uv knows, and no others.
func TestSettingsOfUV(t *testing.T) {
	t.Parallel()
	require.Equal(t, planner.DefaultUV, project.KnownUV)
	dir := t.TempDir()
	writeFile(t, dir, "pyproject.toml", settled("[tool.uv]\nzzz = 1\n"))
	_, known, found := strings.Cut(discover(t, dir), "unknown field `zzz`, expected one of ")
	require.True(t, found)
	known, _, _ = strings.Cut(known, "\n")
	var want []string
	for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(known, -1) {
		want = append(want, m[1])
	}
	slices.Sort(want)
	var has []string
	for _, key := range project.UVKeys() {
		has = append(has, key.Name)
	}
	require.Equal(t, want, has)
}

// refused tells whether uv refuses what a file says.
func refused(messages string) bool {
	return strings.Contains(messages, "TOML parse error") || strings.Contains(messages, "Failed to parse")
}

// uv takes each entry of the types that the table has for it, and of no other; and what
// is passed to steps is a uv.toml.
func TestTypesOfSettings(t *testing.T) {
	t.Parallel()
	values := map[project.UVType]string{
		project.UVBoolean: "true", project.UVInteger: "1", project.UVString: `"text"`, project.UVArray: "[1]", project.UVTable: "{ a = 1, b = [] }",
	}
	for _, key := range project.UVKeys() {
		t.Run(key.Name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			text := settled(key.Table())
			writeFile(t, dir, "pyproject.toml", text)
			messages := discover(t, dir)
			require.False(t, refused(messages), messages)
			if key.Use&project.UVInstalls != 0 {
				written, err := parsed(t, text).InstallSettings(project.Installation{UV: project.KnownUV})
				require.NoError(t, err)
				require.NotEmpty(t, written)
				writeFile(t, dir, "uv.toml", written)
				messages := discover(t, dir, "--config-file", "uv.toml")
				require.False(t, refused(messages), messages)
			}
			if key.Name == "build-backend" {
				// It is for uv_build to read.
				return
			}
			for typ, value := range values {
				if slices.Contains(key.Types, typ) {
					continue
				}
				wrong := t.TempDir()
				writeFile(t, wrong, "pyproject.toml", settled("[tool.uv]\n"+key.Name+" = "+value+"\n"))
				messages := discover(t, wrong)
				assert.True(t, refused(messages), "%s\n%s", value, messages)
			}
		})
	}
}

// parsed reads a pyproject.toml.
func parsed(t testing.TB, text string) *project.Pyproject {
	t.Helper()
	doc, err := source.Parse("pyproject.toml", []byte(text))
	require.NoError(t, err)
	p, err := project.ParsePyproject(doc)
	require.NoError(t, err)
	return p
}

// A project file that is shortened for the check of uv.lock says the same of the lock:
// the lock of the whole file is fresh by it. What it leaves out changes no byte of a
// lock.
func TestShortenedSettings(t *testing.T) {
	t.Parallel()
	wheels := t.TempDir()
	writeWheel(t, wheels, "pa", "1", "Metadata-Version: 2.1\nName: pa\nVersion: 1\n")
	lock := func(t *testing.T, text string) (dir, lock string) {
		t.Helper()
		dir = t.TempDir()
		writeFile(t, dir, "pyproject.toml", text)
		messages, err := settings(t, dir, "lock", "--find-links", wheels)
		require.NoError(t, err, messages)
		data, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
		require.NoError(t, err)
		return dir, string(data)
	}
	_, plain := lock(t, settled(""))
	for _, key := range project.UVKeys() {
		if slices.Contains([]string{"index", "index-url", "extra-index-url", "find-links"}, key.Name) {
			// Nobody answers there, and places are compared elsewhere.
			continue
		}
		t.Run(key.Name, func(t *testing.T) {
			t.Parallel()
			whole := settled(strings.Replace(key.Table(), "pytest", "pa", 1))
			if key.Name == "no-binary" {
				whole = strings.Replace(whole, `["pa"]`, "[]", 1)
			}
			dir, locked := lock(t, whole)
			short, _, ok := parsed(t, whole).Reduced(true, nil, nil)
			require.True(t, ok)
			if key.Use&project.UVLocks == 0 {
				require.NotContains(t, short, key.Name)
				require.Equal(t, plain, locked)
			} else {
				require.Contains(t, short, key.Name)
			}
			writeFile(t, dir, "pyproject.toml", short)
			messages, err := settings(t, dir, "lock", "--check", "--find-links", wheels)
			require.NoError(t, err, messages)
		})
	}
}
