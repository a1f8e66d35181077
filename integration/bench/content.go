package main

import (
	"archive/zip"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// contentScenarios look at what was built.
func contentScenarios() []scenario {
	return []scenario{
		{
			page: performance, against: theGuide, runs: 1, fresh: true, prepare: contents,
			rows: []row{{"size of the image, compressed", inBytes, ratio(1)}, {"files in the task root that no one needs", counted, figure(0)}},
		},
		{
			page: performance, against: theGuide, prepare: importOfImages,
			rows: []row{{"import of the handler in the image", inMilliseconds, ratio(1)}},
		},
		{
			page: performance, against: "ours without bytecode", prepare: importOfArchives,
			rows: []row{{"import of the handler from the archive, with bytecode", inMilliseconds, goal{}}},
		},
		{
			page: performance, against: "ours without bytecode", runs: 1, fresh: true, prepare: archiveSizes,
			rows: []row{{"size of the archive with bytecode", inBytes, goal{}}},
		},
	}
}

// contents builds the example and looks at the image.
func contents(l *lab) pair {
	of := func(build func(dir string, flags ...string) built) side {
		return func(int) []float64 {
			ref := build(l.project("fastapi", "Dockerfile")).ref
			return []float64{l.size(ref), float64(len(l.leftovers(ref)))}
		}
	}
	return pair{of(l.guide), of(l.ours)}
}

// size are the bytes of an image's layers and configuration, as they are
// pulled.
func (l *lab) size(ref string) float64 {
	manifest, err := l.image(ref).Manifest()
	require.NoError(l, err)
	sum := manifest.Config.Size
	for _, layer := range manifest.Layers {
		sum += layer.Size
	}
	return float64(sum)
}

// leftovers are the files of an image's task root that only its build needed.
func (l *lab) leftovers(ref string) []string {
	tree, err := testenv.TaskRoot(l.image(ref))
	require.NoError(l, err)
	return testenv.Leftovers(slices.Sorted(maps.Keys(tree)))
}

// importOfImages imports the handler's module in both images.
func importOfImages(l *lab) pair {
	guide := l.guide(l.project("fastapi", "Dockerfile")).ref
	ours := l.ours(l.project("fastapi", "Dockerfile")).ref
	return l.imports("--opt", "context:baseline=docker-image://"+guide, "--opt", "context:ours=docker-image://"+ours)
}

// importOfArchives imports the handler's module from unpacked archives.
func importOfArchives(l *lab) pair {
	var flags []string
	for name, compile := range map[string]bool{"baseline": false, "ours": true} {
		root := l.TempDir()
		l.unzip(l.archive(compile), filepath.Join(root, "var", "task"))
		flags = append(flags, "--local", name+"="+root, "--opt", "context:"+name+"=local:"+name)
	}
	return l.imports(flags...)
}

// imports starts Python on the task roots of two contexts in turns. All runs
// are measured at once, by one recipe that times each import by itself.
func (l *lab) imports(flags ...string) pair {
	out := l.recipe("import/Dockerfile", l.TempDir(), append(flags, "--no-cache", "--opt", "build-arg:RUNS="+strconv.Itoa(l.runs+1))...)
	of := func(name string) side {
		figures := l.nanoseconds(out, name)
		return func(i int) []float64 { return []float64{figures[i] / 1e6} }
	}
	return pair{of("baseline"), of("ours")}
}

// archiveSizes builds the archive without and with bytecode.
func archiveSizes(l *lab) pair {
	of := func(compile bool) side {
		return func(int) []float64 {
			info, err := os.Stat(l.archive(compile))
			require.NoError(l, err)
			return []float64{float64(info.Size())}
		}
	}
	return pair{of(false), of(true)}
}

// archive builds the archive of the example, and gives its path.
func (l *lab) archive(compile bool) string {
	dir := l.env.Example(l, "fastapi")
	l.setBytecode(dir, compile)
	l.ourZip(dir)
	found, err := filepath.Glob(filepath.Join(dir, "dist", "*.zip"))
	require.NoError(l, err)
	require.Len(l, found, 1)
	return found[0]
}

// unzip unpacks an archive into a folder.
func (l *lab) unzip(archive, dir string) {
	r, err := zip.OpenReader(archive)
	require.NoError(l, err)
	defer r.Close()
	for _, entry := range r.File {
		content, err := entry.Open()
		require.NoError(l, err)
		data, err := io.ReadAll(content)
		require.NoError(l, err)
		require.NoError(l, content.Close())
		l.write(filepath.Join(dir, filepath.FromSlash(entry.Name)), string(data))
	}
}
