package integration

import (
	"maps"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// extension is a function whose package has a module in C.
func extension(backend, table string) map[string]string {
	return map[string]string{
		"pyproject.toml": `[project]
name = "job"
version = "1.0"
requires-python = ">=3.13,<3.14"
dependencies = []

[build-system]
requires = ["` + backend + `"]
build-backend = "setuptools.build_meta"

[tool.uvlambda]
handler = "job.handler"
builder = "` + standin.SAM313 + `"

` + table,
		"uv.lock":         lockHeader + "[[package]]\nname = \"job\"\nversion = \"1.0\"\nsource = { editable = \".\" }\n",
		"job/__init__.py": "from job._x import answer\n\n\ndef handler(event, context):\n    return answer()\n",
		"x.c": `#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL}};
static struct PyModuleDef m = {PyModuleDef_HEAD_INIT, "_x", 0, -1, methods};
PyMODINIT_FUNC PyInit__x(void) { return PyModule_Create(&m); }
`,
		"event.json": "{}",
	}
}

// setuptoolsTable says what setuptools builds, with further entries of the
// extension.
func setuptoolsTable(more string) string {
	return "[tool.setuptools]\npackages = [\"job\"]\next-modules = [{ name = \"job._x\", sources = [\"x.c\"]" + more + " }]\n"
}

// TestBuilder builds a module in C in an image that has a compiler, of which
// nothing ships: the same image through both doors, twice, and by a Dockerfile.
func TestBuilder(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.SAM313)
	dir := newFunction(t, extension("setuptools", setuptoolsTable("")))
	var digests []string
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "-t", ref, "--push", "--no-cache", "--platform", "linux/amd64")
		require.JSONEq(t, "42", invoke(t, ref, filepath.Join(dir, "event.json")))
		digests = append(digests, imageDigest(t, ref))
	}
	require.Equal(t, digests[0], digests[1], "two builds made different images")
	requireSameByDockerfile(t, dir, []string{"--platform", "linux/amd64"})

	// What changes beside the package leaves its wheel as it is.
	appendTo(t, filepath.Join(dir, "pyproject.toml"), "\n[tool.ruff]\nline-length = 100\n")
	out := t.TempDir()
	env.CLI().MustBuild(t, dir, "--target", "zip", "-o", out, "--platform", "linux/amd64")
	require.Contains(t, strings.Join(mapKeys(unzip(t, filepath.Join(out, "job.zip"))), " "), "job/_x.cpython-313-x86_64-linux-gnu.so")
}

func mapKeys(files map[string][]byte) []string {
	var names []string
	for name := range maps.Keys(files) {
		names = append(names, name)
	}
	return names
}

// TestBuilderOfBackends builds native code by other build backends.
func TestBuilderOfBackends(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.SAM313)
	cython := extension(`setuptools", "cython`, "[tool.setuptools]\npackages = [\"job\"]\next-modules = [{ name = \"job._x\", sources = [\"x.pyx\"] }]\n")
	delete(cython, "x.c")
	cython["x.pyx"] = "def answer():\n    return 42\n"
	meson := extension("meson-python", "")
	meson["pyproject.toml"] = strings.Replace(meson["pyproject.toml"], "setuptools.build_meta", "mesonpy", 1)
	meson["meson.build"] = `project('job', 'c')
py = import('python').find_installation(pure: false)
py.extension_module('_x', 'x.c', subdir: 'job', install: true)
py.install_sources('job/__init__.py', subdir: 'job')
`
	scikit := extension("scikit-build-core", "[tool.scikit-build]\nwheel.packages = [\"job\"]\n")
	scikit["pyproject.toml"] = strings.Replace(scikit["pyproject.toml"], "setuptools.build_meta", "scikit_build_core.build", 1)
	scikit["CMakeLists.txt"] = `cmake_minimum_required(VERSION 3.20)
project(job C)
find_package(Python COMPONENTS Interpreter Development.Module REQUIRED)
Python_add_library(_x MODULE x.c WITH_SOABI)
install(TARGETS _x DESTINATION job)
`
	for name, files := range map[string]map[string]string{"cython": cython, "meson-python": meson, "scikit-build-core": scikit} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, ref := newFunction(t, files), newReference(t)
			env.CLI().MustBuild(t, dir, "-t", ref, "--push", "--platform", "linux/amd64")
			require.JSONEq(t, "42", invoke(t, ref, filepath.Join(dir, "event.json")))
		})
	}
}

// TestMistakesOfBuilders: a builder without a compiler, and a library that only
// the builder has.
func TestMistakesOfBuilders(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.SAM313)
	for name, test := range map[string]struct{ builder, table, want string }{
		"no builder": {"", setuptoolsTable(""), "is missing): name an image that has one with `builder`, such as public.ecr.aws/sam/build-python3.13,"},
		"no compiler": {standin.Python313, setuptoolsTable(""),
			"takes a compiler that the builder " + standin.Python313 + " does not have"},
		"library of the builder": {standin.SAM313, setuptoolsTable(`, extra-link-args = ["-Wl,--no-as-needed", "-lgomp"]`),
			"job/_x.cpython-313-x86_64-linux-gnu.so loads libgomp.so.1, which is not in the base: name a base image that has it with `base`"},
		"no such image": {"REGISTRY/compiler:none", setuptoolsTable(""), "image REGISTRY/compiler:none was not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := extension("setuptools", test.table)
			line := "builder = \"" + test.builder + "\"\n"
			if test.builder == "" {
				line = ""
			}
			files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], "builder = \""+standin.SAM313+"\"\n", line, 1)
			result := env.CLI().Build(t, newFunction(t, files), "--platform", "linux/amd64", "-o", "type=cacheonly")
			require.Error(t, result.Err)
			require.Contains(t, result.Stderr, strings.ReplaceAll(test.want, "REGISTRY", env.Registry))
		})
	}
}

// fromSource is a function with a package of an index that has C code, and no wheel for
// its Python.
func fromSource(t *testing.T) string {
	t.Helper()
	dir := newFunction(t, map[string]string{
		"pyproject.toml": strings.Replace(projectTable, "dependencies = []", `dependencies = ["mmh3==4.1.0"]`, 1) +
			handlerTable + "builder = \"" + standin.SAM313 + "\"\n\n[tool.uvlambda.test]\nevents = [\"event.json\"]\n",
		"app.py":              "import mmh3\nimport platform\n\n\ndef handler(event, context):\n    return [mmh3.hash(event), platform.machine()]\n",
		"event.json":          `"foo"`,
		"event.response.json": `[-156908512, "x86_64"]`,
	})
	lockShape(t, env.CLI(), dir)
	return dir
}

// TestBuilderOfSources builds a source distribution with C code, as an image and as an
// archive, through both doors.
func TestBuilderOfSources(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.SAM313)
	dir := fromSource(t)
	for _, door := range env.Doors() {
		ref, out := newReference(t), t.TempDir()
		door.MustBuild(t, dir, "-t", ref, "--push", "--platform", "linux/amd64")
		requireResponse(t, invoke(t, ref, filepath.Join(dir, "event.json")), filepath.Join(dir, "event.response.json"))
		door.MustBuild(t, dir, "--target", "zip", "-o", out, "--platform", "linux/amd64")
		require.Contains(t, strings.Join(mapKeys(unzip(t, filepath.Join(out, "function.zip"))), " "), "mmh3/")
	}
}

// TestBuilderOfAnEmulatedPlatform builds the same for ARM, which the machine emulates,
// and sends the function its event. It is not parallel, as TestOfAnEmulatedPlatform.
func TestBuilderOfAnEmulatedPlatform(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the machine runs programs for ARM by itself")
	}
	env.Provide(t, standin.SAM313)
	dir, out := fromSource(t), t.TempDir()
	writeFile(t, filepath.Join(dir, "event.response.json"), `[-156908512, "aarch64"]`)
	builder := newEmulatingBuilder(t)
	result := env.CLI().MustBuild(t, dir, "--builder", builder, "--platform", "linux/arm64", "--target", "test", "-o", out, "--progress", "plain")
	require.Contains(t, result.Stderr, "packages are built for linux/arm64 by emulation on linux/amd64")
	report := readTestReport(t, out)
	require.Equal(t, "linux/arm64", report.Platform)
	require.Len(t, report.Events, 1)
}
