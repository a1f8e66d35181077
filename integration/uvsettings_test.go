package integration

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/integration/standin"
)

// probeBackend builds a wheel that says what its build was given. It needs nothing to
// run, and no network.
const probeBackend = `import os, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    try:
        import tool
        version = tool.VERSION
    except ImportError:
        version = None
    module = "SETTINGS = %r\nMODE = %r\nTOOL = %r\n" % (config_settings, os.environ.get("MODE"), version)
    name = "probe-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        wheel.writestr("probe.py", module)
        info = "probe-1.0.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.2\nName: probe\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "probe.py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n")
    return name
`

// probeProject is the project of that wheel, built with what it names.
const probeProject = "[project]\nname = \"probe\"\nversion = \"1.0\"\n\n[build-system]\nrequires = [%s]\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n"

// probeSdist is its source distribution.
func probeSdist(t testing.TB, requires string) []byte {
	t.Helper()
	var data bytes.Buffer
	compressed := gzip.NewWriter(&data)
	w := tar.NewWriter(compressed)
	for _, file := range [][2]string{
		{"pyproject.toml", fmt.Sprintf(probeProject, requires)},
		{"backend.py", probeBackend},
		{"PKG-INFO", "Metadata-Version: 2.2\nName: probe\nVersion: 1.0\n"},
	} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: "probe-1.0/" + file[0], Mode: 0o644, Size: int64(len(file[1]))}))
		_, err := w.Write([]byte(file[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, compressed.Close())
	return data.Bytes()
}

// versioned is a wheel with a module that says which it is, and what else its metadata
// says.
func versioned(t testing.TB, name, version, metadata string) []byte {
	t.Helper()
	var data bytes.Buffer
	w := zip.NewWriter(&data)
	info := name + "-" + version + ".dist-info/"
	for _, file := range [][2]string{
		{name + ".py", fmt.Sprintf("VERSION = %q\n", version)},
		{info + "METADATA", fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n%s", name, version, metadata)},
		{info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{info + "RECORD", fmt.Sprintf("%s.py,,\n%[2]sMETADATA,,\n%[2]sWHEEL,,\n%[2]sRECORD,,\n", name, info)},
	} {
		f, err := w.Create(file[0])
		require.NoError(t, err)
		_, err = f.Write([]byte(file[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return data.Bytes()
}

// settingsFiles are the files of an index: probe has no wheel; of tool and part there are
// versions, and part 2.0 takes leaf.
func settingsFiles(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"probe-1.0.tar.gz":             probeSdist(t, ""),
		"tool-1.0-py3-none-any.whl":    versioned(t, "tool", "1.0", ""),
		"tool-2.0-py3-none-any.whl":    versioned(t, "tool", "2.0", ""),
		"part-1.0-py3-none-any.whl":    versioned(t, "part", "1.0", ""),
		"part-2.0-py3-none-any.whl":    versioned(t, "part", "2.0", "Requires-Dist: leaf\n"),
		"part-3.0a1-py3-none-any.whl":  versioned(t, "part", "3.0a1", ""),
		"leaf-1.0-py3-none-any.whl":    versioned(t, "leaf", "1.0", ""),
		"another-1.0-py3-none-any.whl": versioned(t, "another", "1.0", "Requires-Dist: part<2\n"),
	}
}

// indexOf is a package index of files, with their hashes
// (https://packaging.python.org/en/latest/specifications/simple-repository-api/).
func indexOf(files map[string][]byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if data, ok := files[path.Base(r.URL.Path)]; ok {
			_, _ = w.Write(data)
			return
		}
		asked := path.Base(r.URL.Path)
		w.Header().Set("Content-Type", "text/html")
		found := false
		for name, data := range files {
			if strings.HasPrefix(name, asked+"-") {
				found = true
				fmt.Fprintf(w, "<a href=\"/files/%[1]s#sha256=%[2]x\">%[1]s</a>\n", name, sha256.Sum256(data))
			}
		}
		if !found {
			http.NotFound(w, r)
		}
	})
}

// settingsCase is a project with an entry of [tool.uv].
type settingsCase struct {
	// dependencies are the dependencies of the project.
	dependencies string
	// tables stand behind the project's, with INDEX for the address of settingsFiles
	// and OTHER for the address of an index that has one file of part 9.0 only.
	tables string
	// chosen are keys of [tool.uvlambda], and flags say the same to uv.
	chosen string
	flags  []string
	files  map[string]string
	// has is a line that a module has, after the module's name.
	has []string
}

const ownIndex = "[[tool.uv.index]]\nname = \"ours\"\nurl = \"INDEX/simple\"\ndefault = true\n"

// probeFolder are the files of probe as a folder of the repository.
func probeFolder(requires string) map[string]string {
	return map[string]string{"probe/pyproject.toml": fmt.Sprintf(probeProject, requires), "probe/backend.py": probeBackend}
}

const memberSource = "[tool.uv.sources]\nprobe = { path = \"probe\" }\n"

// settingsCases have an entry each.
func settingsCases() map[string]settingsCase {
	return map[string]settingsCase{
		"constraint-dependencies": {dependencies: `"part"`, tables: "[tool.uv]\nconstraint-dependencies = [\"part<2\"]\n" + ownIndex, has: []string{"part", `VERSION = "1.0"`}},
		"override-dependencies":   {dependencies: `"another"`, tables: "[tool.uv]\noverride-dependencies = [\"part==2.0\"]\n" + ownIndex, has: []string{"part", `VERSION = "2.0"`}},
		"exclude-dependencies":    {dependencies: `"part==2.0"`, tables: "[tool.uv]\nexclude-dependencies = [\"leaf\"]\n" + ownIndex, has: []string{"part", `VERSION = "2.0"`}},
		"dependency-metadata": {
			dependencies: `"probe"`, has: []string{"leaf", `VERSION = "1.0"`},
			tables: "[[tool.uv.dependency-metadata]]\nname = \"probe\"\nversion = \"1.0\"\nrequires-dist = [\"leaf\"]\n" + ownIndex,
		},
		"resolution":         {dependencies: `"part"`, tables: "[tool.uv]\nresolution = \"lowest\"\n" + ownIndex, has: []string{"part", `VERSION = "1.0"`}},
		"prerelease":         {dependencies: `"part"`, tables: "[tool.uv]\nprerelease = \"allow\"\n" + ownIndex, has: []string{"part", `VERSION = "3.0a1"`}},
		"prerelease-package": {dependencies: `"part"`, tables: "[tool.uv]\nprerelease-package = { part = \"allow\" }\n" + ownIndex, has: []string{"part", `VERSION = "3.0a1"`}},
		"environments": {
			dependencies: `"part"`, has: []string{"part", `VERSION = "2.0"`},
			tables: "[tool.uv]\nenvironments = [\"sys_platform == 'linux'\"]\nrequired-environments = [\"sys_platform == 'linux'\"]\nfork-strategy = \"fewest\"\n" + ownIndex,
		},
		"sources by marker": {
			dependencies: `"part"`, has: []string{"part", `VERSION = "9.0"`},
			tables: "[tool.uv.sources]\npart = [{ index = \"other\", marker = \"sys_platform == 'linux'\" }, { index = \"ours\", marker = \"sys_platform != 'linux'\" }]\n" +
				ownIndex + "[[tool.uv.index]]\nname = \"other\"\nurl = \"OTHER/simple\"\nexplicit = true\n",
		},
		"sources by extra": {
			chosen: "extras = [\"new\"]\n", flags: []string{"--extra", "new"}, has: []string{"part", `VERSION = "9.0"`},
			tables: "[project.optional-dependencies]\nnew = [\"part\"]\nold = [\"part==1.0\"]\n[tool.uv]\nconflicts = [[{ extra = \"new\" }, { extra = \"old\" }]]\n" +
				"[tool.uv.sources]\npart = [{ index = \"other\", extra = \"new\" }, { index = \"ours\", extra = \"old\" }]\n" +
				ownIndex + "[[tool.uv.index]]\nname = \"other\"\nurl = \"OTHER/simple\"\nexplicit = true\n",
		},
		"sources by group": {
			chosen: "groups = [\"old\"]\n", flags: []string{"--group", "old"}, has: []string{"part", `VERSION = "1.0"`},
			tables: "[dependency-groups]\nnew = [\"part\"]\nold = [\"part==1.0\"]\n[tool.uv]\ndefault-groups = [\"new\"]\nconflicts = [[{ group = \"new\" }, { group = \"old\" }]]\n" +
				"[tool.uv.sources]\npart = [{ index = \"other\", group = \"new\" }, { index = \"ours\", group = \"old\" }]\n" +
				ownIndex + "[[tool.uv.index]]\nname = \"other\"\nurl = \"OTHER/simple\"\nexplicit = true\n",
		},
		"sources of a file": {
			dependencies: `"part"`, has: []string{"part", `VERSION = "1.0"`},
			tables: "[tool.uv.sources]\npart = { path = \"wheels/part-1.0-py3-none-any.whl\" }\n" + ownIndex,
		},
		"no-sources": {
			dependencies: `"part"`, has: []string{"part", `VERSION = "2.0"`},
			tables: "[tool.uv]\nno-sources = true\nsources = { part = { path = \"wheels/part-1.0-py3-none-any.whl\" } }\n" + ownIndex,
		},
		"no-sources-package": {
			dependencies: `"part"`, has: []string{"part", `VERSION = "2.0"`},
			tables: "[tool.uv]\nno-sources-package = [\"part\"]\nsources = { part = { path = \"wheels/part-1.0-py3-none-any.whl\" } }\n" + ownIndex,
		},
		"groups of uv": {
			dependencies: `"leaf"`, chosen: "groups = [\"dev\"]\n", flags: []string{"--group", "dev"}, has: []string{"part", `VERSION = "1.0"`},
			tables: "[tool.uv]\ndev-dependencies = [\"part<2\"]\n" + ownIndex,
		},
		"folder of sources": {
			dependencies: `"probe"`, has: []string{"probe", "TOOL = None"},
			tables: "[tool.uv]\nno-index = true\nfind-links = [\"./wheels\"]\n",
		},
		"flat index of a source": {
			dependencies: `"part", "probe"`, has: []string{"part", `VERSION = "2.0"`},
			tables: "[tool.uv.sources]\nprobe = { index = \"house\" }\n" + ownIndex + "[[tool.uv.index]]\nname = \"house\"\nurl = \"./wheels\"\nformat = \"flat\"\nexplicit = true\n",
		},
		"older indexes": {
			dependencies: `"part"`, has: []string{"part", `VERSION = "9.0"`},
			tables: "[tool.uv]\nindex-url = \"INDEX/simple\"\nextra-index-url = [\"OTHER/simple\"]\nindex-strategy = \"unsafe-best-match\"\n",
		},
		"what a package of an index is built with": {
			dependencies: `"probe"`, has: []string{"probe", "SETTINGS = {'a': 'b', 'c': 'd'}", `MODE = 'release'`, `TOOL = '1.0'`},
			tables: "[tool.uv]\nbuild-constraint-dependencies = [\"tool<2\"]\nextra-build-dependencies = { probe = [\"tool\"] }\nextra-build-variables = { probe = { MODE = \"release\" } }\n" +
				"config-settings = { a = \"b\" }\nconfig-settings-package = { probe = { c = \"d\" } }\n" + ownIndex,
		},
		"what a package of the repository is built with": {
			dependencies: `"probe"`, has: []string{"probe", "SETTINGS = {'a': 'b', 'c': 'd'}", `MODE = 'release'`, `TOOL = '1.0'`}, files: probeFolder(`"leaf"`),
			tables: "[tool.uv]\nbuild-constraint-dependencies = [\"tool<2\"]\nextra-build-dependencies = { probe = [\"tool\"] }\nextra-build-variables = { probe = { MODE = \"release\" } }\n" +
				"config-settings = { a = \"b\" }\nconfig-settings-package = { probe = { c = \"d\" } }\n" + memberSource + ownIndex,
		},
		"what the function gets": {
			dependencies: `"probe", "tool<2"`, has: []string{"probe", `TOOL = '1.0'`}, files: probeFolder(""),
			tables: "[tool.uv]\nextra-build-dependencies = { probe = [{ requirement = \"tool\", match-runtime = true }] }\n" + memberSource + ownIndex,
		},
		"hashes of what builds": {
			dependencies: `"probe"`, has: []string{"probe", `TOOL = '2.0'`}, files: probeFolder(""),
			tables: "[tool.uv]\nrequire-build-hashes = true\nextra-build-dependencies = { probe = [\"tool @ INDEX/files/tool-2.0-py3-none-any.whl#sha256=HASH\"] }\n" + memberSource + ownIndex,
		},
		"no isolation": {
			dependencies: `"probe"`, has: []string{"probe", `TOOL = '2.0'`}, files: probeFolder(""),
			tables: "[tool.uv]\nno-build-isolation-package = [\"probe\"]\nextra-build-dependencies = { probe = [\"tool\"] }\n" + memberSource + ownIndex,
		},
		"what may be built": {
			dependencies: `"part", "probe"`, has: []string{"probe", "TOOL = None"},
			tables: "[tool.uv]\nno-binary-package = [\"probe\"]\nno-build-package = [\"part\"]\n" + ownIndex,
		},
		"no metadata in the lock": {
			dependencies: `"part"`, chosen: "groups = [\"none\"]\nextras = [\"none\"]\n", flags: []string{"--group", "none", "--extra", "none"}, has: []string{"part", `VERSION = "2.0"`},
			tables: "[project.optional-dependencies]\nnone = []\n[dependency-groups]\nnone = []\n[tool.uv]\npreview-features = [\"lock-without-metadata\"]\n" + ownIndex,
		},
		"Python of a group": {
			dependencies: `"leaf"`, chosen: "groups = [\"old\"]\n", flags: []string{"--group", "old"}, has: []string{"part", `VERSION = "1.0"`},
			tables: "[dependency-groups]\nold = [\"part<2\"]\n[tool.uv]\ndependency-groups = { old = { requires-python = \">=3.11\" } }\n" + ownIndex,
		},
		"no package": {dependencies: `"part"`, has: []string{"part", `VERSION = "2.0"`}, tables: "[tool.uv]\npackage = false\nmanaged = true\n" + ownIndex},
	}
}

// idleSettings are all entries without an effect, as a project may have them.
func idleSettings() string {
	table := "[tool.uv]\n"
	for _, key := range project.UVKeys() {
		if key.Use == 0 {
			table += key.Example + "\n"
		}
	}
	return table
}

// TestSettingsOfUV builds projects whose [tool.uv] has an entry, and compares what is
// installed with what `uv sync` installs of the same project.
func TestSettingsOfUV(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	cases := settingsCases()
	cases["nothing that counts"] = settingsCase{dependencies: `"part"`, has: []string{"part", `VERSION = "2.0"`}, tables: idleSettings() + ownIndex}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := test.project(t)
			lockShape(t, env.CLI(), dir)
			out := filepath.Join(t.TempDir(), "out")
			env.CLI().MustBuild(t, dir, "--target", "dir", "-o", out)
			ours := pythonFiles(t, out)
			delete(ours, "app.py")
			require.Equal(t, synced(t, dir, test.flags), ours)
			for _, line := range test.has[1:] {
				require.Contains(t, ours[test.has[0]+".py"], line)
			}
			checked := env.CLI().Build(t, dir, "--call=check")
			require.NotContains(t, checked.Stdout, "LockStale")
			require.NotContains(t, checked.Stdout, "SettingIgnored")
		})
	}
}

// TestSettingsOfAGitPackage: a package from git is built by its settings, as uv does.
func TestSettingsOfAGitPackage(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	root := t.TempDir()
	probe := newGitRepository(t, root)
	probe.commit(t, probeFolder(""))
	server := serveRepositories(t, root, anyone)
	dir := settingsCase{
		dependencies: `"probe"`,
		tables: "[tool.uv]\nextra-build-variables = { probe = { MODE = \"release\" } }\nconfig-settings = { a = \"b\" }\nconfig-settings-package = { probe = { c = \"d\" } }\n" +
			"[tool.uv.sources]\nprobe = { git = \"" + server + "/library.git\", subdirectory = \"probe\" }\n" + ownIndex,
	}.project(t)
	lockHere(t, dir)
	out := filepath.Join(t.TempDir(), "out")
	env.CLI().MustBuild(t, dir, "--target", "dir", "-o", out)
	ours := pythonFiles(t, out)
	delete(ours, "app.py")
	require.Equal(t, synced(t, dir, nil), ours)
	require.Equal(t, "SETTINGS = {'a': 'b', 'c': 'd'}\nMODE = 'release'\nTOOL = None\n", ours["probe.py"])
	requireSameByDockerfile(t, dir, nil)
}

// TestSettingsInADockerfile: the Dockerfile of a project builds by the same settings.
func TestSettingsInADockerfile(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	for _, name := range []string{"what a package of the repository is built with", "what a package of an index is built with", "sources by extra"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := settingsCases()[name].project(t)
			lockShape(t, env.CLI(), dir)
			requireSameByDockerfile(t, dir, nil)
		})
	}
}

// TestLockOfAnotherPlace builds from a lock that uv wrote on this machine, which ties a
// package to a folder by its place here.
func TestLockOfAnotherPlace(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	dir := settingsCases()["flat index of a source"].project(t)
	lockHere(t, dir)
	lock, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
	require.NoError(t, err)
	require.Contains(t, string(lock), "index = \"file://"+dir+"/wheels\"")
	for _, door := range env.Doors() {
		door.MustBuild(t, dir, "--output", "type=cacheonly")
	}
	require.NotContains(t, env.CLI().Build(t, dir, "--call=check").Stdout, "LockStale")
	edit(t, filepath.Join(dir, "pyproject.toml"), `"part", "probe"`, `"part<2", "probe"`)
	for _, door := range env.Doors() {
		result := door.Build(t, dir, "--output", "type=cacheonly")
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, "pyproject.toml:5: uv.lock was not made for \"part<2\" in the dependencies of function: refresh it with `uv lock`")
	}
}

// TestRevisionsOfTheLock builds from a lock of each revision that uv has written: an
// older one lacks what later ones brought.
func TestRevisionsOfTheLock(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	dir := settingsCase{
		dependencies: `"part"`, chosen: "extras = [\"more\"]\n",
		tables: "[project.optional-dependencies]\nmore = [\"tool<2\"]\n[dependency-groups]\nnone = []\n" + ownIndex,
	}.project(t)
	lockShape(t, env.CLI(), dir)
	lock, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
	require.NoError(t, err)
	newest := regexp.MustCompile(`(?m)^revision = \d+\n`)
	require.Regexp(t, newest, string(lock))
	for _, revision := range []string{"", "revision = 1\n", "revision = 2\n", "revision = 3\n", "revision = 4\n", "revision = 5\n", "revision = 6\n"} {
		text := newest.ReplaceAllString(string(lock), revision)
		if revision == "" {
			text = regexp.MustCompile(`(?m)^provides-extras = .*\n`).ReplaceAllString(text, "")
		}
		writeFile(t, filepath.Join(dir, "uv.lock"), text)
		out := filepath.Join(t.TempDir(), "out")
		env.CLI().MustBuild(t, dir, "--target", "dir", "-o", out)
		require.Equal(t, "VERSION = \"1.0\"\n", pythonFiles(t, out)["tool.py"], revision)
		require.NotContains(t, env.CLI().Build(t, dir, "--call=check").Stdout, "LockStale", revision)
	}
}

// TestRefusedSettings: what cannot work is one error with its line.
func TestRefusedSettings(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		"managed = false":                            "pyproject.toml:8: managed = false keeps uv from locking the project, and a build goes by uv.lock: remove the line, or set it to true",
		`default-groups = ["nope"]`:                  `pyproject.toml:8: default-groups names the group "nope", which [dependency-groups] does not have, so uv refuses the project: define it there, or remove it here`,
		`no-build = "yes"`:                           "pyproject.toml:8: no-build of [tool.uv] must be a boolean, not a string, or uv ignores the whole table: write it as in `no-build = true`",
		`required-version = "<0.9"`:                  `pyproject.toml:8: required-version = "<0.9" does not allow uv ` + planner.DefaultUV,
		`environments = ["sys_platform == 'win32'"]`: "pyproject.toml:8: [tool.uv] environments leaves out linux/amd64",
	} {
		t.Run(settings, func(t *testing.T) {
			t.Parallel()
			lock := lockHeader + lockOwn
			if strings.HasPrefix(settings, "environments") {
				lock = strings.Replace(lock, "\n\n", "\nsupported-markers = [\"sys_platform == 'win32'\"]\n\n", 1)
			}
			dir := newFunction(t, map[string]string{"pyproject.toml": projectTable + "[tool.uv]\n" + settings + "\n" + handlerTable, "uv.lock": lock})
			for _, door := range env.Doors() {
				result := door.Build(t, dir, "--platform", "linux/amd64")
				require.Error(t, result.Err)
				require.Contains(t, result.Stderr, want)
			}
		})
	}
}

// TestProxyOfSettings: an index that only a proxy reaches is reached in all steps.
func TestProxyOfSettings(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	proxy := httptest.NewServer(indexOf(settingsFiles(t)))
	t.Cleanup(proxy.Close)
	dir := settingsCase{
		dependencies: `"part"`,
		tables:       "[tool.uv]\nhttp-proxy = \"" + proxy.URL + "\"\n" + strings.Replace(ownIndex, "INDEX", "http://packages.example.com", 1),
	}.project(t)
	lockShape(t, env.CLI(), dir)
	out := filepath.Join(t.TempDir(), "out")
	env.CLI().MustBuild(t, dir, "--target", "dir", "-o", out)
	require.Contains(t, pythonFiles(t, out), "part.py")
}

// lockHere locks a project with uv itself.
func lockHere(t *testing.T, dir string) {
	t.Helper()
	programs, err := newestUV()
	require.NoError(t, err)
	command := env.Command(t.Context(), filepath.Join(programs, "uv"), "lock", "--python", "/usr/bin/python3")
	command.Dir = dir
	command.Env = append(command.Env, "UV_PYTHON_DOWNLOADS=never")
	messages, err := command.CombinedOutput()
	require.NoError(t, err, string(messages))
}

// project writes the case's project.
func (c settingsCase) project(t *testing.T) string {
	t.Helper()
	files := settingsFiles(t)
	ours := httptest.NewServer(indexOf(files))
	t.Cleanup(ours.Close)
	other := httptest.NewServer(indexOf(map[string][]byte{"part-9.0-py3-none-any.whl": versioned(t, "part", "9.0", "")}))
	t.Cleanup(other.Close)
	hash := fmt.Sprintf("%x", sha256.Sum256(files["tool-2.0-py3-none-any.whl"]))
	text := fmt.Sprintf(strings.Replace(projectWith, ">=3.13,<3.14", "==3.11.*", 1), c.dependencies) +
		strings.NewReplacer("INDEX", ours.URL, "OTHER", other.URL, "HASH", hash).Replace(c.tables) +
		handlerTable + "python = \"3.11\"\n" + c.chosen
	dir := newFunction(t, map[string]string{"pyproject.toml": text})
	for name, content := range c.files {
		writeFile(t, filepath.Join(dir, name), content)
	}
	for name, data := range files {
		writeFile(t, filepath.Join(dir, "wheels", name), string(data))
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "uv.lock")))
	return dir
}

// synced are the modules that uv installs of a project.
func synced(t *testing.T, dir string, flags []string) map[string]string {
	t.Helper()
	programs, err := newestUV()
	require.NoError(t, err)
	environment := filepath.Join(t.TempDir(), "environment")
	args := append([]string{"sync", "--frozen", "--no-default-groups", "--no-editable", "--no-offline", "--build-isolation"}, flags...)
	command := env.Command(t.Context(), filepath.Join(programs, "uv"), args...)
	command.Dir = dir
	command.Env = append(command.Env, "UV_PROJECT_ENVIRONMENT="+environment, "UV_PYTHON=/usr/bin/python3", "UV_PYTHON_DOWNLOADS=never")
	messages, err := command.CombinedOutput()
	require.NoError(t, err, string(messages))
	modules := pythonFiles(t, filepath.Join(environment, "lib", "python3.11", "site-packages"))
	delete(modules, "_virtualenv.py")
	return modules
}

// pythonFiles are the sources of the modules in a folder.
func pythonFiles(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(file) != ".py" {
			return err
		}
		data, err := os.ReadFile(file)
		rel, _ := filepath.Rel(folder, file)
		found[rel] = string(data)
		return err
	}))
	return found
}
