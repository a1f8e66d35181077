package integration

import (
	"bytes"
	"encoding/binary"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
)

// loading is a library of 64 bits that loads others: its headers, its names and its
// dynamic section (https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html).
func loading(t testing.TB, libraries ...string) string {
	t.Helper()
	const address, headers = 0x1000, 64 + 2*56
	names := "\x00"
	var dynamic []uint64
	for _, library := range libraries {
		dynamic = append(dynamic, 1, uint64(len(names)))
		names += library + "\x00"
	}
	dynamic = append(dynamic, 5, address+headers, 0, 0)
	at, size := uint64(headers+len(names)), uint64(8*len(dynamic))
	var file bytes.Buffer
	for _, part := range []any{
		[16]byte{0x7f, 'E', 'L', 'F', 2, 1, 1},
		[]uint16{3, 62}, uint32(1), []uint64{0, 64, 0}, uint32(0), []uint16{64, 56, 2, 0, 0, 0},
		[]uint32{1, 5}, []uint64{0, address, address, at + size, at + size, 4096},
		[]uint32{2, 6}, []uint64{at, address + at, address + at, size, size, 8},
		[]byte(names), dynamic,
	} {
		require.NoError(t, binary.Write(&file, binary.LittleEndian, part))
	}
	return file.String()
}

// withLibraries is a function with a package from an index whose native module loads
// libraries.
func withLibraries(t *testing.T, table string, libraries ...string) string {
	t.Helper()
	wheel := exampleWheel(t, [2]string{"example/_core.abi3.so", loading(t, libraries...)})
	files := dependent(serveWheel(t, wheel), wheel)
	files["app.py"] = "import example_dist\n\n\ndef handler(event, context):\n    return example_dist.VALUE\n"
	files["event.json"] = "{}"
	files["pyproject.toml"] += "\n" + table
	return newFunction(t, files)
}

const gobject = "example/_core.abi3.so loads libgobject-2.0.so.0, which is not in the base (example-dist 1.0 <- your dependencies, line "

// TestMissingLibraries: a wheel of an index loads a library that is nowhere. Each build
// warns, also one that installs nothing, and the function is as it would be.
func TestMissingLibraries(t *testing.T) {
	t.Parallel()
	dir := withLibraries(t, "", "libc.so.6", "libgobject-2.0.so.0")
	for _, door := range env.Doors() {
		for range 2 {
			ref := newReference(t)
			result := door.MustBuild(t, dir, "-t", ref, "--push", "--progress", "plain")
			require.Contains(t, result.Stderr, "MissingLibrary: "+gobject)
			require.NotContains(t, result.Stderr, "libc.so.6")
			require.JSONEq(t, "1", invoke(t, ref, filepath.Join(dir, "event.json")))
			require.NotContains(t, taskRoot(t, pull(t, ref)), llb.LackingFile)
		}
	}
	requireSameByDockerfile(t, dir, nil)
	for _, target := range []string{"zip", "layer", "dir"} {
		out := t.TempDir()
		result := env.CLI().MustBuild(t, dir, "--target", target, "-o", out, "--progress", "plain")
		require.Contains(t, result.Stderr, gobject, target)
		for _, file := range listFiles(t, out) {
			require.NotEqual(t, llb.LackingFile, path.Base(file))
			if strings.HasSuffix(file, ".zip") {
				names := mapKeys(unzip(t, filepath.Join(out, file)))
				require.True(t, slices.ContainsFunc(names, func(name string) bool { return strings.HasSuffix(name, "example/_core.abi3.so") }), names)
				require.NotContains(t, strings.Join(names, " "), llb.LackingFile)
			}
		}
	}
	edit(t, filepath.Join(dir, "pyproject.toml"), handlerTable, handlerTable+"[tool.uvlambda.check]\nerror = true\n")
	result := env.CLI().Build(t, dir)
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, gobject)
}

// TestLibrariesOfTheFunction: what the base, another file of the package or the
// application has is not missing, nor is what a project leaves out of its checks.
func TestLibrariesOfTheFunction(t *testing.T) {
	t.Parallel()
	for name, table := range map[string]string{
		"skipped":  "[tool.uvlambda.check]\nskip = [\"MissingLibrary\"]\n",
		"included": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := withLibraries(t, table, "libgobject-2.0.so.0", "libm.so.6", "ld-linux-aarch64.so.1", "_core.abi3.so")
			if name == "included" {
				edit(t, filepath.Join(dir, "pyproject.toml"), handlerTable, handlerTable+"include = [\"app.py\", { from = \"native/\", to = \"/opt/lib/\" }]\n")
				writeFile(t, filepath.Join(dir, "native/libgobject-2.0.so.0"), loading(t))
			}
			result := env.CLI().MustBuild(t, dir, "-o", "type=cacheonly", "--progress", "plain")
			require.NotContains(t, result.Stderr, "MissingLibrary")
		})
	}
}

// TestMissingLibrariesOfACache: a builder that has nothing but a cache in a registry
// tells the same, of what is recorded beside the packages.
func TestMissingLibrariesOfACache(t *testing.T) {
	t.Parallel()
	dir, cache := withLibraries(t, "", "libgobject-2.0.so.0"), newReference(t)
	env.CLI().MustBuild(t, dir, "-t", newReference(t), "--push", "--cache-to", "type=registry,mode=max,ref="+cache)
	ref := newReference(t)
	result := env.CLI().MustBuild(t, dir, "-t", ref, "--push", "--progress", "plain", "--builder", env.NewBuilder(t), "--cache-from", "type=registry,ref="+cache)
	require.Contains(t, result.Stderr, "MissingLibrary: "+gobject)
	require.Empty(t, result.Trace.Named("install").Finished())
	require.NotContains(t, taskRoot(t, pull(t, ref)), llb.LackingFile)
}
