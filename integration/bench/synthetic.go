package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// use says how a project uses the packages of a large lock.
type use int

const (
	// installed packages are all dependencies of the project.
	installed use = iota
	// developed packages are all in the development group, and the project
	// depends on nothing else than examples/fastapi does.
	developed
)

// lockOf makes a project whose lock holds n packages more than the lock of
// examples/fastapi, which are renamed copies of its entries.
func (l *lab) lockOf(n int, u use) string {
	dir := l.env.Example(l, "fastapi")
	project, lock := filepath.Join(dir, projectFile), filepath.Join(dir, lockFile)
	entries, err := entriesOf(l.read(lock))
	require.NoError(l, err)
	l.append(lock, multiply(entries, n))
	if u == installed {
		l.replace(project, "    \"mangum\",\n", "    \"mangum\",\n    \"package-0\",\n")
		l.replace(lock, "    { name = \"mangum\" },\n", "    { name = \"mangum\" },\n    { name = \"package-0\" },\n")
	} else {
		l.replace(project, "dev = [", "dev = [\n    \"package-0\",")
		l.replace(lock, "[package.dev-dependencies]\ndev = [\n", "[package.dev-dependencies]\ndev = [\n    { name = \"package-0\" },\n")
	}
	// uv would not take the made-up packages for what an index has.
	l.append(project, "lock = \"unchecked\"\n")
	return dir
}

// entry is the entry of a package in a uv.lock.
type entry struct{ name, text string }

var entryName = regexp.MustCompile(`(?m)^name = "(.*)"$`)

// entriesOf are a lock's entries that come from an index and have wheels.
func entriesOf(lock string) ([]entry, error) {
	var entries []entry
	for _, text := range strings.Split(lock, "[[package]]\n")[1:] {
		name := entryName.FindStringSubmatch(text)
		if name == nil {
			return nil, fmt.Errorf("an entry of uv.lock has no name:\n%s", text)
		}
		if strings.Contains(text, "source = { registry") && strings.Contains(text, "\nwheels = [") {
			entries = append(entries, entry{name[1], text})
		}
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("uv.lock has no package with wheels")
	}
	return entries, nil
}

// multiply gives n entries, package-0 and so on, with the wheels and sdists of
// the entries in turn. Each depends on two others, so that the first needs all.
func multiply(entries []entry, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("\n[[package]]\n" + entries[i%len(entries)].renamed(i, n))
	}
	return b.String()
}

var (
	dependencyTable = regexp.MustCompile(`(?m)^dependencies = \[\n(?:.*\n)*?\]\n`)
	furtherTables   = regexp.MustCompile(`(?s)\n\[package\..*`)
	firstFile       = regexp.MustCompile(`(?m)^(sdist = |wheels = \[)`)
)

// renamed is a copy of the entry for package-i of n.
func (e entry) renamed(i, n int) string {
	name := fmt.Sprintf("package-%d", i)
	text := dependencyTable.ReplaceAllString(furtherTables.ReplaceAllString(e.text, ""), "")
	text = strings.TrimRight(text, "\n") + "\n"
	text = strings.NewReplacer(
		fmt.Sprintf("name = %q\n", e.name), fmt.Sprintf("name = %q\n", name),
		"/"+strings.ReplaceAll(e.name, "-", "_")+"-", "/"+strings.ReplaceAll(name, "-", "_")+"-",
	).Replace(text)
	var dependencies string
	for _, j := range slices.DeleteFunc([]int{2*i + 1, 2*i + 2}, func(j int) bool { return j >= n }) {
		dependencies += fmt.Sprintf("    { name = \"package-%d\" },\n", j)
	}
	if dependencies == "" {
		return text
	}
	files := firstFile.FindStringIndex(text)[0]
	return text[:files] + "dependencies = [\n" + dependencies + "]\n" + text[files:]
}
