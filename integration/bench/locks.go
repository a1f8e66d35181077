package main

import (
	"fmt"
	"path/filepath"

	"github.com/stretchr/testify/require"
)

// projectFile and lockFile are the files of a project that a lock ties.
const (
	projectFile = "pyproject.toml"
	lockFile    = "uv.lock"
)

// edit is a change to a project's folder in run i.
type edit func(dir string, i int)

// locked makes the states of examples/fastapi that a scenario's runs go through:
// each edited, and locked again by uv. The edit it gives puts a project into the
// state of a run; both sides take the same files.
func (l *lab) locked(change edit) edit {
	states := make([]string, l.runs+1)
	for i := range states {
		states[i] = l.env.Example(l, "fastapi")
		change(states[i], i)
		l.lock(states[i])
	}
	return func(dir string, i int) {
		for _, name := range []string{projectFile, lockFile} {
			l.write(filepath.Join(dir, name), l.read(filepath.Join(states[i], name)))
		}
	}
}

// lock writes a project's uv.lock by the uv of the builder.
func (l *lab) lock(dir string) { l.env.CLI().MustBuild(l, dir, "--target", "lock", "-o", dir) }

// devGroup changes a line of the development group.
func (l *lab) devGroup(dir string, i int) {
	l.replace(filepath.Join(dir, projectFile), "dev = [", fmt.Sprintf("dev = [\n    \"iniconfig>=1.%d\",", i))
}

// version counts the project's version up.
func (l *lab) version(dir string, i int) {
	l.replace(filepath.Join(dir, projectFile), `version = "0.1.0"`, fmt.Sprintf(`version = "0.1.%d"`, i+1))
}

// small are packages of a few files that depend on nothing, to be added to the
// projects below. None is among what those depend on.
func small() []string {
	return []string{
		"iniconfig", "toml", "zipp", "toolz", "pluggy", "wcwidth", "colorama", "tabulate",
		"termcolor", "xmltodict", "cachetools", "blinker", "sortedcontainers", "decorator", "tomlkit", "filelock",
	}
}

// addSmall adds the small package of a run to the dependencies.
func (l *lab) addSmall(dir string, i int) {
	require.Less(l, i, len(small()), "there are not that many small packages to add: use fewer -runs")
	l.add(dir, small()[i])
}

// add puts packages into the dependencies of examples/fastapi or workspace.
func (l *lab) add(dir string, packages ...string) {
	text := ""
	for _, name := range packages {
		text += fmt.Sprintf("    %q,\n", name)
	}
	l.replace(filepath.Join(dir, projectFile), "    \"mangum\",\n", "    \"mangum\",\n"+text)
}
