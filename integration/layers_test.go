package integration

import (
	"archive/tar"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/integration/standin"
	"github.com/uvlambda/uvlambda/integration/testenv"
)

// wheelIndex is an index of wheels of version 1.0, by the names of their modules.
// A source distribution ends in .tar.gz, a wheel that is locked by its URL in .whl.
type wheelIndex struct {
	url    string
	wheels map[string][]byte
}

// newWheelIndex serves wheels.
func newWheelIndex(t testing.TB, wheels map[string][]byte) wheelIndex {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		module, rest, _ := strings.Cut(path.Base(r.URL.Path), "-")
		wheel, ok := wheels[module]
		for _, ending := range []string{".tar.gz", ".whl"} {
			if other, has := wheels[module+ending]; has && strings.HasSuffix(rest, ending) {
				wheel, ok = other, true
			}
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(wheel)
	}))
	t.Cleanup(server.Close)
	return wheelIndex{server.URL, wheels}
}

// function gives the files of a project that depends on some of the wheels.
func (i wheelIndex) function(modules ...string) map[string]string {
	slices.Sort(modules)
	var names, entries, dependencies, requires strings.Builder
	for _, module := range modules {
		content := i.wheels[module]
		module, built := strings.CutSuffix(module, ".tar.gz")
		module, direct := strings.CutSuffix(module, ".whl")
		name := strings.ReplaceAll(module, "_", "-")
		address, hash := fmt.Sprintf("%s/%s-1.0-py3-none-any.whl", i.url, module), fmt.Sprintf("sha256:%x", sha256.Sum256(content))
		declared, required, from := name, "", "registry = \""+i.url+"/simple\""
		files := fmt.Sprintf("wheels = [\n    { url = %q, hash = %q, size = %d },\n]", address, hash, len(content))
		switch {
		case built:
			files = fmt.Sprintf("sdist = { url = \"%s/%s-1.0.tar.gz\", hash = %q, size = %d }", i.url, module, hash, len(content))
		case direct:
			declared, required, from = name+" @ "+address, fmt.Sprintf(", url = %q", address), fmt.Sprintf("url = %q", address)
			files = fmt.Sprintf("wheels = [\n    { url = %q, hash = %q },\n]", address, hash)
		}
		fmt.Fprintf(&names, "%q, ", declared)
		fmt.Fprintf(&dependencies, "    { name = %q },\n", name)
		fmt.Fprintf(&requires, "    { name = %q%s },\n", name, required)
		fmt.Fprintf(&entries, "[[package]]\nname = %q\nversion = \"1.0\"\nsource = { %s }\n%s\n\n", name, from, files)
	}
	return map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, strings.TrimSuffix(names.String(), ", ")) + handlerTable + "\n[[tool.uv.index]]\nurl = \"" + i.url + "/simple\"\ndefault = true\n",
		"uv.lock": lockHeader + sortedEntries(entries.String()+lockOwn+"dependencies = [\n"+dependencies.String()+
			"]\n\n[package.metadata]\nrequires-dist = [\n"+requires.String()+"]\n"),
	}
}

// sortedEntries puts the packages of a lock in the order of their names.
func sortedEntries(lock string) string {
	const header = "[[package]]\n"
	entries := strings.Split(strings.TrimPrefix(lock, header), header)
	for i, entry := range entries {
		entries[i] = strings.TrimSpace(entry) + "\n"
	}
	slices.Sort(entries)
	return header + strings.Join(entries, "\n"+header)
}

// largeWheel is a wheel that is large enough for a layer of its own.
func largeWheel(t testing.TB, module string, more ...[2]string) []byte {
	t.Helper()
	data := make([]byte, project.LargeWheel)
	_, err := rand.NewChaCha8(sha256.Sum256([]byte(module))).Read(data)
	require.NoError(t, err)
	return newWheel(t, module, append(more, [2]string{module + ".bin", string(data)})...)
}

// layersIndex has two large and two small packages, of which some share a folder.
func layersIndex(t testing.TB) wheelIndex {
	t.Helper()
	return newWheelIndex(t, map[string][]byte{
		"big_one": largeWheel(t, "big_one", [2]string{"space/one.py", "WHO = 'one'\n"}, [2]string{"space/tests/test_one.py", ""}, [2]string{"big_one-1.0.data/scripts/one", "#!python\n"}),
		"big_two": largeWheel(t, "big_two", [2]string{"space/two.py", "WHO = 'two'\n"}, [2]string{"legacy/__init__.py", "SAME = 1\n"}),
		"little":  newWheel(t, "little", [2]string{"space/little.py", "WHO = 'little'\n"}, [2]string{"legacy/__init__.py", "SAME = 1\n"}, [2]string{"legacy/deep/er.pyi", ""}),
		// What one test has pushed already is not pushed by another.
		"added": newWheel(t, "added", [2]string{"added.txt", t.Name()}),
	})
}

// TestLayerPerPackage counts what a small package that is added to a project with
// large ones costs, and which layers two projects share.
func TestLayerPerPackage(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		index := layersIndex(t)
		const (
			check, export, app, assemble = "check that uv.lock", "export the locked packages", "copy the application", "assemble the image"
			one, two                     = "install big-one 1.0 (4 MB)", "install big-two 1.0 (4 MB)"
		)
		files := index.function("big_one", "big_two", "little")
		files["app.py"] = "import space.one, space.two, space.little\n\n\ndef handler(event, context):\n    return [space.one.WHO, space.two.WHO, space.little.WHO]  # " + t.Name() + "\n"
		dir := newFunction(t, files)
		ref := newReference(t)
		trace := door.MustBuild(t, dir, "-t", ref, "--push").Trace.Stages()
		requireSteps(t, "first build", []string{check, export, one, two, "install 1 package", app, assemble}, trace.Ran())
		before := pull(t, ref)
		writeFile(t, filepath.Join(dir, "event.json"), "{}")
		assert.JSONEq(t, `["one", "two", "little"]`, invoke(t, ref, filepath.Join(dir, "event.json")))

		for name, text := range index.function("added", "big_one", "big_two", "little") {
			writeFile(t, filepath.Join(dir, name), text)
		}
		pushed := env.Traffic(ref).Pushed
		trace = door.MustBuild(t, dir, "-t", ref, "--push").Trace.Stages()
		requireSteps(t, "a small package is added", []string{check, export, "install 2 packages", assemble}, trace.Ran())
		after := pull(t, ref)
		assert.Len(t, newLayers(t, before, after), 1)
		assert.Equal(t, newBytes(t, before, after), env.Traffic(ref).Pushed-pushed, "bytes pushed")

		other := index.function("added", "big_two")
		other["pyproject.toml"] = strings.Replace(other["pyproject.toml"], `name = "function"`, `name = "shop"`, 1)
		other["uv.lock"] = strings.Replace(other["uv.lock"], `name = "function"`, `name = "shop"`, 1)
		shop := newReference(t)
		trace = door.MustBuild(t, newFunction(t, other), "-t", shop, "--push").Trace.Stages()
		assert.Empty(t, trace.Named("install big").Ran().Names(), "the builder has the package of another project")
		assert.Equal(t, layerOf(t, after, "big-two 1.0"), layerOf(t, pull(t, shop), "big-two 1.0"))
		assert.NotEqual(t, layerOf(t, after, "dependencies"), layerOf(t, pull(t, shop), "dependencies"))

		trace = door.MustBuild(t, dir, "--no-cache-filter", "dependencies").Trace
		requireRan(t, trace, true, []string{one, two, "install 2 packages"})
		trace = door.MustBuild(t, dir, "--no-cache-filter", "package").Trace
		requireRan(t, trace, true, []string{one, two})
		requireRan(t, trace, false, []string{"install 2 packages"})
	})
}

// TestFleetStoresLargePackagesOnce: functions with different locks over the same large
// packages install each once, and a registry gets and has each of their layers once.
func TestFleetStoresLargePackagesOnce(t *testing.T) {
	t.Parallel()
	const functions, large = 10, 4
	wheels, modules := map[string][]byte{}, []string{}
	for i := range large {
		// What another test has pushed is not pushed again.
		module := fmt.Sprintf("fleet_%d", i)
		wheels[module], modules = largeWheel(t, module, [2]string{module + ".txt", t.Name()}), append(modules, module)
	}
	for i := range functions {
		module := fmt.Sprintf("own_%d", i)
		wheels[module] = newWheel(t, module)
	}
	index := newWheelIndex(t, wheels)
	var pushed int64
	var installed []string
	layers := map[v1.Hash]int64{}
	for i := range functions {
		// Each has a repository of its own.
		ref, door := fmt.Sprintf("%s/fleet-%d:1", env.Registry, i), env.Doors()[i%2]
		dir := newFunction(t, index.function(append([]string{fmt.Sprintf("own_%d", i)}, modules...)...))
		trace := door.MustBuild(t, dir, "-t", ref, "--push").Trace
		installed = append(installed, trace.Named("install fleet-").Ran().Names()...)
		pushed += env.Traffic(ref).Pushed
		for module := range slices.Values(modules) {
			layers[layerOf(t, pull(t, ref), strings.ReplaceAll(module, "_", "-")+" 1.0")]++
		}
	}
	require.Len(t, installed, large)
	require.Len(t, layers, large, "all functions have the same layers")
	// The base is in the registry.
	require.Less(t, pushed, int64((large+1)*project.LargeWheel))
}

// TestPartPerPackage: of an archive too, a small package that is added installs and
// compresses the small ones only.
func TestPartPerPackage(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		index := layersIndex(t)
		const one, two = "install and compress big-one 1.0 (4 MB)", "install and compress big-two 1.0 (4 MB)"
		dir := newFunction(t, index.function("big_one", "big_two", "little"))
		zip := func() testenv.Trace {
			return door.MustBuild(t, dir, "--target", "zip", "-o", t.TempDir()).Trace.Stages().Named("install")
		}
		requireSteps(t, "first build", []string{one, two, "install and compress 1 package"}, zip().Ran())
		for name, text := range index.function("added", "big_one", "big_two", "little") {
			writeFile(t, filepath.Join(dir, name), text)
		}
		requireSteps(t, "a small package is added", []string{"install and compress 2 packages"}, zip().Ran())
		for name, text := range index.function("added", "big_one", "little") {
			writeFile(t, filepath.Join(dir, name), text)
		}
		require.Empty(t, zip().Ran().Names(), "a large package is removed")
	})
}

// backendOf is a build backend that makes one wheel, of example-dist.
func backendOf(wheel []byte) string {
	return fmt.Sprintf("import base64, os\n\ndef build_wheel(folder, *_):\n    name = %q\n    with open(os.path.join(folder, name), 'wb') as wheel:\n"+
		"        wheel.write(base64.b64decode(%q))\n    return name\n", exampleWheelName, base64.StdEncoding.EncodeToString(wheel))
}

// TestPackagesThatAreBuilt: what is built from source, and what has a URL of its own,
// is installed by itself, so that nothing is built again when another package
// changes, in this project or in another one.
func TestPackagesThatAreBuilt(t *testing.T) {
	t.Parallel()
	backend := backendOf(newWheel(t, "example_dist"))
	newIndex := func(t *testing.T) wheelIndex {
		return newWheelIndex(t, map[string][]byte{
			"example_dist.tar.gz": sdist(t, backend),
			"direct.whl":          newWheel(t, "direct"),
			"little":              newWheel(t, "little"),
			"added":               newWheel(t, "added", [2]string{"added.txt", t.Name()}),
		})
	}
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		index := newIndex(t)
		const built, direct = "build and install example-dist 1.0", "install direct 1.0"
		files := index.function("example_dist.tar.gz", "direct.whl", "little")
		files["app.py"] = "import direct, example_dist, little\n\n\ndef handler(event, context):\n    return [m.VALUE for m in (direct, example_dist, little)]  # " + t.Name() + "\n"
		files["event.json"] = "{}"
		dir := newFunction(t, files)
		ref := newReference(t)
		trace := door.MustBuild(t, dir, "-t", ref, "--push").Trace.Stages().Named("install")
		requireSteps(t, "first build", []string{built, direct, "install 1 package"}, trace.Ran())
		before := pull(t, ref)
		assert.JSONEq(t, "[1, 1, 1]", invoke(t, ref, filepath.Join(dir, "event.json")))

		for name, text := range index.function("added", "example_dist.tar.gz", "direct.whl", "little") {
			writeFile(t, filepath.Join(dir, name), text)
		}
		trace = door.MustBuild(t, dir, "-t", ref, "--push").Trace.Stages().Named("install")
		requireSteps(t, "another package is added", []string{"install 2 packages"}, trace.Ran())
		assert.Len(t, newLayers(t, before, pull(t, ref)), 1)

		other := index.function("example_dist.tar.gz", "direct.whl")
		for _, name := range []string{"pyproject.toml", "uv.lock"} {
			other[name] = strings.Replace(other[name], `name = "function"`, `name = "shop"`, 1)
		}
		require.Empty(t, door.MustBuild(t, newFunction(t, other)).Trace.Named("install").Ran().Names(), "another project builds nothing again")
	})
	t.Run("Dockerfile", func(t *testing.T) {
		t.Parallel()
		requireSameByDockerfile(t, newFunction(t, newIndex(t).function("example_dist.tar.gz", "direct.whl", "little")), nil)
	})
}

// newLayers are the layers of an image that another does not have.
func newLayers(t *testing.T, before, after v1.Image) []v1.Hash {
	t.Helper()
	known := map[v1.Hash]bool{}
	for _, blob := range blobs(t, before) {
		known[blob.Digest] = true
	}
	manifest, err := after.Manifest()
	require.NoError(t, err)
	var added []v1.Hash
	for _, layer := range manifest.Layers {
		if !known[layer.Digest] {
			added = append(added, layer.Digest)
		}
	}
	return added
}

// layerOf is the layer that the history calls so.
func layerOf(t *testing.T, image v1.Image, name string) v1.Hash {
	t.Helper()
	config, err := image.ConfigFile()
	require.NoError(t, err)
	layers, err := image.Layers()
	require.NoError(t, err)
	at := 0
	for _, entry := range config.History {
		if entry.EmptyLayer {
			continue
		}
		if entry.CreatedBy == "uvlambda: "+name {
			digest, err := layers[at].Digest()
			require.NoError(t, err)
			return digest
		}
		at++
	}
	require.Fail(t, "no layer is called "+name)
	return v1.Hash{}
}

// lockedSize is the size of a file in a lock.
var lockedSize = regexp.MustCompile(`, size = \d+`)

// inOneStep gives a lock that says no sizes, so that no package is known to be large,
// and other hashes than the packages that are installed by themselves have.
func (i wheelIndex) inOneStep(lock string) string {
	for _, content := range i.wheels {
		lock = strings.ReplaceAll(lock, fmt.Sprintf("sha256:%x", sha256.Sum256(content)), fmt.Sprintf("sha512:%x", sha512.Sum512(content)))
	}
	return lockedSize.ReplaceAllString(lock, "")
}

// TestLayersAreOneInstallation: what large packages, a source distribution and a wheel
// with a URL of its own give by themselves is, byte by byte, what one installation of
// everything gives.
func TestLayersAreOneInstallation(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.UVOldest)
	index := layersIndex(t)
	index.wheels["example_dist.tar.gz"] = sdist(t, backendOf(newWheel(t, "example_dist", [2]string{"space/built.py", "WHO = 'built'\n"})))
	index.wheels["direct.whl"] = newWheel(t, "direct", [2]string{"space/direct.py", "WHO = 'direct'\n"})
	for name, table := range map[string]string{
		"plain":       "",
		"slim":        "slim = { tests = true, stubs = true, dist-info = true }\n",
		"no bytecode": "compile-bytecode = false\n",
		"oldest uv":   "uv = \"" + standin.UVOldest + "\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := index.function("added", "big_one", "big_two", "direct.whl", "example_dist.tar.gz", "little")
			files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], handlerTable, handlerTable+table, 1)
			alone := newFunction(t, files)
			files["uv.lock"] = index.inOneStep(files["uv.lock"])
			together := newFunction(t, files)
			for _, target := range []string{"zip", "layer", "dir"} {
				requireSameTree(t, target, together, alone)
			}
			one, all := newReference(t), newReference(t)
			trace := env.CLI().MustBuild(t, together, "-t", one, "--push").Trace
			require.Len(t, trace.Named("install 6 packages").Names(), 1)
			trace = env.CLI().MustBuild(t, alone, "-t", all, "--push").Trace
			require.Len(t, trace.Named("install 2 packages").Names(), 1)
			require.Equal(t, taskRoot(t, pull(t, one)), taskRoot(t, pull(t, all)))
			require.Len(t, newLayers(t, pull(t, one), pull(t, all)), 5)
		})
	}
}

// requireSameTree builds two folders and compares what comes out.
func requireSameTree(t *testing.T, target, one, other string, flags ...string) {
	t.Helper()
	build := func(dir string) map[string]string {
		out := filepath.Join(t.TempDir(), target)
		env.CLI().MustBuild(t, dir, append(flags, "--target", target, "-o", out)...)
		tree := map[string]string{}
		if target == "dir" {
			for _, name := range listFiles(t, out) {
				content, err := os.ReadFile(filepath.Join(out, name))
				require.NoError(t, err)
				tree[name] = string(content)
			}
			return tree
		}
		for name, content := range unzip(t, onlyArchive(t, out)) {
			tree[name] = string(content)
		}
		return tree
	}
	want, got := build(one), build(other)
	require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)), target)
	for name := range want {
		if want[name] != got[name] {
			require.Fail(t, "an archive differs", "%s of %s", name, target)
		}
	}
}

// TestLayersByDockerfile builds the same layers by a Dockerfile, with packages
// beside the large ones and without.
func TestLayersByDockerfile(t *testing.T) {
	t.Parallel()
	index := layersIndex(t)
	for _, modules := range [][]string{{"added", "big_one", "big_two", "little"}, {"big_one", "big_two"}} {
		requireSameByDockerfile(t, newFunction(t, index.function(modules...)), nil)
	}
}

// TestLargePackagesReplaceFiles: where a large package and another one have a file
// at one path, the others' counts, both owners are named, and what is compiled of
// the file that is not there is not there either.
func TestLargePackagesReplaceFiles(t *testing.T) {
	t.Parallel()
	index := newWheelIndex(t, map[string][]byte{
		"big_one": largeWheel(t, "big_one", [2]string{"shared/who.py", "WHO = 'one'\n"}),
		"big_two": largeWheel(t, "big_two", [2]string{"shared/who.py", "WHO = 'two'\n"}, [2]string{"other/who.py", "WHO = 'two'\n"}),
		"little":  newWheel(t, "little", [2]string{"other/who.py", "WHO = 'little'\n"}),
	})
	files := index.function("big_one", "big_two", "little")
	files["app.py"] = "import shared.who, other.who\n\n\ndef handler(event, context):\n    return [shared.who.WHO, other.who.WHO]\n"
	files["event.json"] = "{}"
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		dir := newFunction(t, files)
		ref := newReference(t)
		for _, target := range []string{"image", "zip"} {
			flags := []string{"--target", target, "--progress", "plain", "-o", filepath.Join(t.TempDir(), "out")}
			if target == "image" {
				flags = []string{"-t", ref, "--push", "--progress", "plain"}
			}
			built := door.MustBuild(t, dir, flags...)
			for _, warning := range []string{
				"shared/who.py is a file of big-one 1.0 and of big-two 1.0, and the function gets the one of big-two 1.0: depend on one of these packages only",
				"other/who.py is a file of big-two 1.0 and of little 1.0, and the function gets the one of little 1.0: depend on one of these packages only",
			} {
				assert.Contains(t, built.Stderr, warning, target)
			}
		}
		assert.JSONEq(t, `["two", "little"]`, invoke(t, ref, filepath.Join(dir, "event.json")))
		layers, err := pull(t, ref).Layers()
		require.NoError(t, err)
		// All layers are the base's but the layers of two packages, of the rest and of the
		// application.
		one := layerFiles(t, layers[len(layers)-4])
		assert.Contains(t, one, "var/task/shared/who.py")
		assert.NotContains(t, one, "var/task/shared/__pycache__/who.cpython-313.pyc")
		assert.Contains(t, layerFiles(t, layers[len(layers)-3]), "var/task/shared/__pycache__/who.cpython-313.pyc")
	})
}

// TestOrderInOneStep: of a file that several small packages have, which uv installs
// side by side, the function gets the one of the last package in every build.
func TestOrderInOneStep(t *testing.T) {
	t.Parallel()
	wheels := map[string][]byte{}
	for i, module := range []string{"first", "middle", "next_one", "zuletzt"} {
		content := [][2]string{{"shared/who.py", "WHO = '" + module + "'\n"}}
		// The more files a package has, the longer its installation takes.
		for n := range (4 - i) * 50 {
			content = append(content, [2]string{fmt.Sprintf("%s/module_%d.py", module, n), "X = 1\n"})
		}
		wheels[module] = newWheel(t, module, content...)
	}
	files := newWheelIndex(t, wheels).function("first", "middle", "next_one", "zuletzt")
	files["app.py"] = "import shared.who\n\n\ndef handler(event, context):\n    return shared.who.WHO\n"
	files["event.json"] = "{}"
	dir := newFunction(t, files)
	var digests []string
	for _, door := range env.Doors() {
		for range 2 {
			ref := newReference(t)
			log := door.MustBuild(t, dir, "-t", ref, "--push", "--no-cache").Trace.Log()
			require.Contains(t, log, "shared/who.py is a file of first 1.0 and of middle 1.0 and of next_one 1.0 and of zuletzt 1.0: the one of zuletzt 1.0 is installed")
			require.JSONEq(t, `"zuletzt"`, invoke(t, ref, filepath.Join(dir, "event.json")))
			digests = append(digests, imageDigest(t, ref))
		}
	}
	require.Len(t, slices.Compact(digests), 1)
}

// layerFiles are the names in a layer.
func layerFiles(t *testing.T, layer v1.Layer) []string {
	t.Helper()
	content, err := layer.Uncompressed()
	require.NoError(t, err)
	defer func() { require.NoError(t, content.Close()) }()
	var names []string
	readTar(t, content, func(header *tar.Header, _ []byte) { names = append(names, header.Name) })
	return names
}

// TestChangedLockFromRegistryCache: a builder that has nothing but a cache in a
// registry, or in the image that was pushed before, installs what changed only. A
// cache with all steps has the records of the packages, so that no layer of another
// package is fetched to compare its files.
func TestChangedLockFromRegistryCache(t *testing.T) {
	t.Parallel()
	for kind, to := range map[string]string{"max": "type=registry,mode=max", "min": "type=registry", "inline": "type=inline"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			eachDoor(t, func(t *testing.T, door testenv.Door) {
				index := layersIndex(t)
				files := index.function("big_one", "big_two", "little")
				// Where its imports come from is looked up in the packages too.
				files["app.py"] = "import space.one, space.little\n\n\ndef handler(event, context): ...  # " + t.Name() + "\n"
				dir := newFunction(t, files)
				ref := newReference(t)
				cache, place := ref, ""
				if kind != "inline" {
					cache, place = ref+"-cache", ",ref="+ref+"-cache"
				}
				door.MustBuild(t, dir, "-t", ref, "--push", "--cache-to", to+place)
				before := pull(t, ref)
				for name, text := range index.function("added", "big_one", "big_two", "little") {
					writeFile(t, filepath.Join(dir, name), text)
				}
				pulled, fetched := env.Traffic(cache).Pulled, env.Fetched(cache)
				trace := door.MustBuild(t, dir, "-t", ref, "--push", "--builder", env.NewBuilder(t), "--cache-from", "type=registry,ref="+cache).Trace.Stages()
				pulled = env.Traffic(cache).Pulled - pulled
				ran := trace.Named("install").Finished()
				require.Len(t, ran, 1, "%q", ran.Names())
				require.Len(t, ran.Named("install 2 packages"), 1)
				assert.Len(t, newLayers(t, before, pull(t, ref)), 1)
				if kind != "max" {
					return // the others hold the records only by chance
				}
				require.Less(t, pulled, int64(2*project.LargeWheel/50), "two hundredths of the large packages")
				for _, name := range []string{"big-one 1.0", "big-two 1.0", "application"} {
					layer := layerOf(t, before, name).String()
					require.Equal(t, fetched[layer], env.Fetched(cache)[layer], "the layer of %s was fetched", name)
				}
			})
		})
	}
}

// TestReplacedFilesFromRegistryCache: an empty builder finds what packages replace
// of one another in their records alone, and comes to the same image.
func TestReplacedFilesFromRegistryCache(t *testing.T) {
	t.Parallel()
	index := newWheelIndex(t, map[string][]byte{
		"big_one": largeWheel(t, "big_one", [2]string{"shared/who.py", "WHO = 'one'\n"}),
		"big_two": largeWheel(t, "big_two", [2]string{"shared/who.py", "WHO = 'two'\n"}),
	})
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		files := index.function("big_one", "big_two")
		files["app.py"] = "import shared.who\n\n\ndef handler(event, context): ...  # " + t.Name() + "\n"
		dir := newFunction(t, files)
		ref, again := newReference(t), newReference(t)
		cache := ref + "-cache"
		door.MustBuild(t, dir, "-t", ref, "--push", "--cache-to", "type=registry,mode=max,ref="+cache)
		fetched := env.Fetched(cache)
		built := door.MustBuild(t, dir, "-t", again, "--push", "--progress", "plain", "--builder", env.NewBuilder(t), "--cache-from", "type=registry,ref="+cache)
		assert.Contains(t, built.Stderr, "shared/who.py is a file of big-one 1.0 and of big-two 1.0, and the function gets the one of big-two 1.0")
		assert.Empty(t, built.Trace.Named("install").Finished())
		require.Equal(t, imageDigest(t, ref), imageDigest(t, again))
		for _, name := range []string{"big-one 1.0", "big-two 1.0"} {
			layer := layerOf(t, pull(t, ref), name).String()
			require.Equal(t, fetched[layer], env.Fetched(cache)[layer], "the layer of %s was fetched", name)
		}
	})
}
