package differential

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// target is what a function is built for.
type target struct {
	// full is the version of the base's Python.
	full string
	// arch is named as in GOARCH.
	arch string
}

// targets are Pythons that markers of these tests tell apart.
func targets() []target {
	var all []target
	for _, full := range []string{"3.12.4", "3.13.0", "3.13.1", "3.13.2", "3.13.5", "3.13.13", "3.14.0rc1", "3.14.0", "3.15.0b2"} {
		all = append(all, target{full, "amd64"})
	}
	return append(all, target{"3.13.5", "arm64"})
}

// runtime is the minor version.
func (to target) version(t testing.TB) project.Version {
	t.Helper()
	v, err := project.ParseVersion(to.full[:strings.LastIndex(to.full, ".")])
	require.NoError(t, err)
	return v
}

// interpreter is the base's Python, known to the patch release.
func (to target) interpreter(t testing.TB) *project.Interpreter {
	return project.NewInterpreter(to.version(t), to.full, nil)
}

// install gives what uv would install from a pylock.toml for a target, as
// NAME==VERSION. Nothing is downloaded, and uv's own error is given.
func install(t testing.TB, dir string, to target) ([]string, error) {
	t.Helper()
	_, messages, err := output(t, dir, "uv", "pip", "install", "--dry-run", "--no-deps", "--python", oracles.Python.Program("python"),
		"--python-version", to.full, "--python-platform", project.Machine(to.arch)+"-manylinux_2_34",
		"--target", filepath.Join(dir, "target"), "--requirements", "pylock.toml")
	if err != nil {
		return nil, err
	}
	installed := []string{}
	for _, m := range regexp.MustCompile(`(?m)^ \+ (\S+==\S+)|^ \+ (\S+) @ `).FindAllStringSubmatch(messages, -1) {
		if m[2] != "" {
			// A member's version is not told: it is 1.
			m[1] = m[2] + "==1"
		}
		installed = append(installed, m[1])
	}
	slices.Sort(installed)
	return installed, nil
}

// names are packages as install has them.
func names(packages []*project.Package) []string {
	all := []string{}
	for _, p := range packages {
		all = append(all, p.Name+"=="+p.Version)
	}
	slices.Sort(all)
	return all
}

// writeFile writes a file below a folder.
func writeFile(t testing.TB, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
}

// parseLock reads a lock.
func parseLock(t testing.TB, data []byte) *project.Lock {
	t.Helper()
	lock, err := project.ParseLock("uv.lock", data)
	require.NoError(t, err, "%s", data)
	return lock
}

// lockOf is a lock whose project depends on a package for each marker, in that
// order: p0, p1 and so on.
func lockOf(markers []string) string {
	var edges, packages strings.Builder
	for i, marker := range markers {
		fmt.Fprintf(&edges, "    { name = \"p%d\", marker = %q },\n", i, marker)
		fmt.Fprintf(&packages, "[[package]]\nname = \"p%d\"\nversion = \"1\"\nsource = { registry = \"https://packages.example.com/simple\" }\n\n", i)
	}
	return "version = 1\nrequires-python = \">=3.9\"\n\n[[package]]\nname = \"app\"\nversion = \"1\"\nsource = { virtual = \".\" }\ndependencies = [\n" +
		edges.String() + "]\n\n" + packages.String()
}
