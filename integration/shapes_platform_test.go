package integration

import (
	"bytes"
	"debug/elf"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/emulation"
	"github.com/uvlambda/uvlambda/integration/standin"
)

// TestBothPlatforms builds for amd64 and arm64 at once, on a machine that
// cannot run ARM programs: with native code, and with a package that is built
// from its source.
func TestBothPlatforms(t *testing.T) {
	t.Parallel()
	require.False(t, emulation.Registered(), "an emulator for ARM is registered, so this would prove nothing: remove it from binfmt_misc")
	dir := lockedShape(t, "native")
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			ref := newReference(t)
			door.MustBuild(t, dir, "--platform", "linux/amd64,linux/arm64", "-t", ref, "--push")
			amd64, arm64 := pullPlatform(t, ref, "amd64"), pullPlatform(t, ref, "arm64")
			for machine, image := range map[elf.Machine]v1.Image{elf.EM_X86_64: amd64, elf.EM_AARCH64: arm64} {
				tree := taskRoot(t, image)
				require.Equal(t, []string{"MarkupSafe-3.0.2", "docopt-0.6.2"}, distributions(tree))
				require.Equal(t, []elf.Machine{machine}, slices.Collect(maps.Values(sharedObjects(t, tree))))
			}
			requireSameButNative(t, taskRoot(t, amd64), taskRoot(t, arm64))
			response := invoke(t, ref, filepath.Join(dir, "event.json"))
			requireResponse(t, response, filepath.Join(dir, "event.response.json"))
		})
	}
}

// pullPlatform reads one image of an index in the test registry.
func pullPlatform(t *testing.T, ref, arch string) v1.Image {
	t.Helper()
	parsed, err := name.ParseReference(ref, name.Insecure)
	require.NoError(t, err)
	image, err := remote.Image(parsed, remote.WithContext(t.Context()), remote.WithPlatform(v1.Platform{OS: "linux", Architecture: arch}))
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	require.Equal(t, arch, config.Architecture)
	return image
}

// sharedObjects are the machines that the native libraries of a tree are for.
func sharedObjects(t *testing.T, tree map[string][]byte) map[string]elf.Machine {
	t.Helper()
	found := map[string]elf.Machine{}
	for file, content := range tree {
		if strings.HasSuffix(file, ".so") {
			library, err := elf.NewFile(bytes.NewReader(content))
			require.NoError(t, err, file)
			found[file] = library.Machine
		}
	}
	return found
}

// requireSameButNative compares trees for two platforms, without native
// libraries and the wheels' own records.
func requireSameButNative(t *testing.T, one, other map[string][]byte) {
	t.Helper()
	portable := func(tree map[string][]byte) map[string][]byte {
		tree = maps.Clone(tree)
		maps.DeleteFunc(tree, func(file string, _ []byte) bool {
			return strings.HasSuffix(file, ".so") || strings.Contains(file, ".dist-info/")
		})
		return tree
	}
	require.Equal(t, portable(one), portable(other))
}

// TestOlderPython builds for a runtime on Amazon Linux 2, whose C library takes
// other wheels, from a project that allows several Pythons.
func TestOlderPython(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	dir := copyShape(t, "native")
	edit(t, filepath.Join(dir, "pyproject.toml"), `"==3.13.*"`, `">=3.10"`)
	edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]", "[tool.uvlambda]\npython = \"3.11\"")
	tree := shape{}.build(t, env.CLI(), dir)
	require.Equal(t, map[string]elf.Machine{"markupsafe/_speedups.cpython-311-x86_64-linux-gnu.so": elf.EM_X86_64}, sharedObjects(t, tree))
	require.Empty(t, leftovers(tree))
}

// TestMissingWheels names all packages that the target has no wheel of, from
// the lock alone.
func TestMissingWheels(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "missing-wheels")
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		result := env.CLI().Build(t, dir, "--platform", platform)
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, "2 of the locked packages cannot be installed on "+platform+" with Python 3.13 (glibc 2.34):\n"+
			"  python-magic-bin 0.4.14 <- your dependencies, line 5 of pyproject.toml: it has wheels for macosx_10_6_intel, win32, win_amd64\n"+
			"  pywin32 312 <- wmi <- dependencies of reports, line 5 of reports/pyproject.toml: it has wheels for win32, win_amd64, win_arm64\n")
		require.Empty(t, result.Trace.Named("install"), "something was installed first")
	}
}

// TestNativeSource says what to do with a package that has to be compiled, for
// this platform and for the other one.
func TestNativeSource(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "native-sdist")
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		t.Run(platform, func(t *testing.T) {
			result := env.CLI().Build(t, dir, "--platform", platform)
			require.Error(t, result.Err)
			require.Contains(t, result.Stderr, "installing ujson failed (ujson 1.35 <- your dependencies, line 5 of pyproject.toml): it has no wheel for ")
			require.Contains(t, result.Stderr, " with Python 3.13, and building it takes a compiler that the Lambda base does not have (x86_64-linux-gnu-gcc is missing): "+
				"name an image that has one with `builder`, such as public.ecr.aws/sam/build-python3.13, depend on a version that has a wheel, choose another `python`, or build the wheel elsewhere and depend on that file")
		})
	}
}

// TestPythonMismatch refuses a Python that the project or a member excludes,
// before any image is asked for.
func TestPythonMismatch(t *testing.T) {
	t.Parallel()
	locked := lockedShape(t, "backends")
	for name, test := range map[string]struct{ file, was, becomes, want string }{
		"project": {"pyproject.toml", "[tool.uvlambda]", "[tool.uvlambda]\npython = \"3.12\"",
			"pyproject.toml:4: backends requires Python ==3.13.*, but the function would run on 3.12 (from python in pyproject.toml): change `python` or requires-python"},
		"member": {"packages/with-uv-build/pyproject.toml", "==3.13.*", ">=3.14",
			"packages/with-uv-build/pyproject.toml:4: with-uv-build requires Python >=3.14, but the function would run on 3.13 (from newest Lambda runtime that requires-python allows): change `python` or requires-python"},
		".python-version": {"pyproject.toml", "", "",
			"pyproject.toml:4: backends requires Python ==3.13.*, but the function would run on 3.12 (from .python-version): change `python` or requires-python"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "backends")
			require.NoError(t, os.CopyFS(dir, os.DirFS(locked)))
			if test.file == "pyproject.toml" && test.was == "" {
				writeFile(t, filepath.Join(dir, ".python-version"), "3.12\n")
			} else {
				edit(t, filepath.Join(dir, test.file), test.was, test.becomes)
			}
			result := env.CLI().Build(t, dir)
			require.Error(t, result.Err)
			require.Contains(t, result.Stderr, test.want)
			require.Empty(t, result.Trace.Named("load metadata"))
		})
	}
}

// TestOtherPythonVersionFile warns of a .python-version that is not followed.
func TestOtherPythonVersionFile(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "keyword")
	edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]", "[tool.uvlambda]\npython = \"3.13\"")
	writeFile(t, filepath.Join(dir, ".python-version"), "3.12\n")
	for _, door := range env.Doors() {
		result := door.MustBuild(t, dir, "--progress", "plain")
		require.Contains(t, result.Stderr, `python = "3.13" is used, although .python-version says 3.12: make them agree, so that the code is tested on what it runs on`)
	}
}
