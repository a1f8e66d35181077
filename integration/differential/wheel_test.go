package differential

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// wheelNames are the names of wheels that were published.
//
//go:embed testdata/wheels.txt
var wheelNames string

// platformTags are the platforms of generated names.
func platformTags() []string {
	return []string{
		"any", "linux_x86_64", "linux_aarch64", "manylinux1_x86_64", "manylinux1_aarch64", "manylinux2010_x86_64", "manylinux2014_x86_64", "manylinux2014_aarch64",
		"manylinux_2_5_x86_64", "manylinux_2_12_x86_64", "manylinux_2_17_aarch64", "manylinux_2_24_x86_64", "manylinux_2_26_x86_64", "manylinux_2_26_aarch64", "manylinux_2_27_x86_64",
		"manylinux_2_27_x86_64.manylinux_2_28_x86_64", "manylinux_2_24_x86_64.manylinux_2_28_x86_64", "manylinux_2_28_aarch64.manylinux2014_aarch64", "manylinux_2_28_x86_64", "manylinux_2_34_x86_64",
		"manylinux_2_35_x86_64", "manylinux_2_28_i686", "musllinux_1_2_x86_64", "macosx_11_0_arm64", "win_amd64",
	}
}

// wheels are the published names, and one for each kind of tag.
func wheels() []string {
	names := strings.Fields(wheelNames)
	for _, python := range []string{"cp39-cp39", "cp310-cp310", "cp311-cp311", "cp311-cp311t", "cp312-cp312", "cp313-cp313", "cp314-cp314", "cp314-cp314t", "cp39-abi3", "cp312-abi3", "cp311-none", "py3-none", "py2.py3-none", "py2-none", "py311-none", "py314-none", "pp311-pypy311_pp73"} {
		for _, platform := range platformTags() {
			names = append(names, "x-1.0-"+python+"-"+platform+".whl")
		}
	}
	return names
}

// install tells which wheels install on a Python with a C library.
const installable = `
import json, sys
from packaging import _manylinux, tags
from packaging.utils import parse_wheel_filename
asked = json.load(open(sys.argv[1]))
_manylinux._have_compatible_abi = lambda executable, archs: True
answers = []
for target in asked["targets"]:
    _manylinux._get_glibc_version = lambda: (2, target["glibc"])
    platforms = list(_manylinux.platform_tags([target["machine"]])) + ["linux_" + target["machine"]]
    version = tuple(target["python"])
    supported = set(tags.cpython_tags(version, platforms=platforms)) | set(tags.compatible_tags(version, "cp%d%d" % version, platforms))
    answers.append([not supported.isdisjoint(parse_wheel_filename(name)[3]) for name in asked["wheels"]])
print(json.dumps(answers))
`

// tagTarget is a runtime on a machine, for packaging.
type tagTarget struct {
	Python  [2]int `json:"python"`
	Machine string `json:"machine"`
	Glibc   int    `json:"glibc"`
}

// A wheel installs on a runtime when it does for the library that pip is made
// with, with the C library that the runtime has.
func TestWheelsOfPackaging(t *testing.T) {
	t.Parallel()
	var targets []tagTarget
	names := wheels()
	for _, rt := range project.Runtimes() {
		glibc := 34
		if rt.Version.Minor < 12 {
			glibc = 26 // of Amazon Linux 2
		}
		for _, arch := range []string{"amd64", "arm64"} {
			targets = append(targets, tagTarget{[2]int{rt.Version.Major, rt.Version.Minor}, project.Machine(arch), glibc})
		}
	}
	asked, err := json.Marshal(map[string]any{"wheels": names, "targets": targets})
	require.NoError(t, err)
	dir := t.TempDir()
	writeFile(t, dir, "asked.json", string(asked))
	var installs [][]bool
	require.NoError(t, json.Unmarshal([]byte(run(t, dir, "python", "-I", "-c", installable, "asked.json")), &installs))

	lock := parseLock(t, []byte(lockOfWheels(names)))
	for i, to := range targets {
		version := project.Version{Major: to.Python[0], Minor: to.Python[1]}
		rt, _ := project.LookupRuntime(version)
		arch := map[string]string{"x86_64": "amd64", "aarch64": "arm64"}[to.Machine]
		closure, err := lock.Closure("app", nil, nil, project.TargetEnvironment(project.NewInterpreter(version, "", nil), arch))
		require.NoError(t, err)
		missing := map[string]bool{}
		for _, m := range closure.MissingWheels(rt, arch, project.BuildSettings{}) {
			missing[m.Package.Name] = true
		}
		for n, name := range names {
			assert.Equal(t, installs[i][n], !missing[fmt.Sprintf("p%d", n)], "%s on %+v", name, to)
		}
	}
}

// lockOfWheels has a package for each wheel: p0, p1 and so on.
func lockOfWheels(names []string) string {
	lock := lockOf(make([]string, len(names)))
	for i, name := range names {
		before := fmt.Sprintf("name = \"p%d\"\nversion = \"1\"\nsource = { registry = \"https://packages.example.com/simple\" }\n", i)
		lock = strings.Replace(lock, before, before+fmt.Sprintf("wheels = [{ url = \"https://packages.example.com/%s\", hash = \"sha256:00\" }]\n", name), 1)
	}
	return lock
}

// tooNew runs the rule by which the driver keeps wheels from uv.
const tooNew = `
import ast, json, sys
script, names, minor = open(sys.argv[1]).read(), json.load(open(sys.argv[2])), int(sys.argv[3])
rule = [node for node in ast.parse(script).body if getattr(node, "name", "") == "is_too_new"]
exec(compile(ast.Module(rule, []), "driver.py", "exec"))
line = '    { url = "https://packages.example.com/00/%s", size = 1, hashes = { sha256 = "00" } },\n'
print(json.dumps([is_too_new(line % name, minor) for name in names]))
`

// Of the wheels that uv takes for a newer C library, the driver keeps those from
// it that do not install with the older one.
func TestWheelsThatAreKeptFromUV(t *testing.T) {
	t.Parallel()
	names := wheels()
	asked, err := json.Marshal(names)
	require.NoError(t, err)
	dir := t.TempDir()
	writeFile(t, dir, "names.json", string(asked))
	driver, err := filepath.Abs("../../llb/steps/driver.py")
	require.NoError(t, err)
	var kept []bool
	require.NoError(t, json.Unmarshal([]byte(run(t, dir, "python", "-I", "-c", tooNew, driver, "names.json", "26")), &kept))

	lock := parseLock(t, []byte(lockOfWheels(names)))
	version := project.Version{Major: 3, Minor: 11}
	old, _ := project.LookupRuntime(version)
	newer := old
	newer.GlibcMinor = 28
	for _, arch := range []string{"amd64", "arm64"} {
		closure, err := lock.Closure("app", nil, nil, project.TargetEnvironment(project.NewInterpreter(version, "", nil), arch))
		require.NoError(t, err)
		missing := func(rt project.Runtime) map[string]bool {
			all := map[string]bool{}
			for _, m := range closure.MissingWheels(rt, arch, project.BuildSettings{}) {
				all[m.Package.Name] = true
			}
			return all
		}
		with26, with28 := missing(old), missing(newer)
		for n, name := range names {
			if p := fmt.Sprintf("p%d", n); !with28[p] {
				assert.Equal(t, with26[p], kept[n], "%s on %s", name, arch)
			}
		}
	}
}
