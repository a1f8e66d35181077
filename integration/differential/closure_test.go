package differential

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// generator makes projects whose dependencies are told apart by the patch
// release, by the machine and by extras.
type generator struct{ *rand.Rand }

func (g generator) pick(from []string) string { return from[g.IntN(len(from))] }

// marker is empty most of the time.
func (g generator) marker() string {
	if g.IntN(4) != 0 {
		return ""
	}
	atoms := []string{
		"python_full_version < '3.13.1'", "python_full_version >= '3.13.1'", "python_full_version >= '3.13.5'", "python_full_version == '3.13.2'",
		"python_full_version != '3.13.5'", "python_version >= '3.14'", "python_version < '3.13'", "python_full_version ~= '3.13.2'",
		"implementation_version < '3.13.5'", "platform_machine == 'aarch64'", "platform_machine != 'aarch64'", "sys_platform == 'win32'", "sys_platform == 'linux'",
	}
	switch g.IntN(4) {
	case 0:
		return " ; " + g.pick(atoms) + " and " + g.pick(atoms)
	case 1:
		return " ; " + g.pick(atoms) + " or " + g.pick(atoms)
	default:
		return " ; " + g.pick(atoms)
	}
}

// requirement asks for one of the packages, perhaps for its extra.
func (g generator) requirement(packages []string) string {
	return g.pick(packages) + g.pick([]string{"", "", "[x]"}) + g.marker()
}

// fork asks for two versions of a package, of which one is for each side of a
// patch release.
func (g generator) fork(name string) []string {
	patch := g.pick([]string{"3.13.1", "3.13.2", "3.13.5"})
	return []string{name + "==1 ; python_full_version < '" + patch + "'", name + "==2 ; python_full_version >= '" + patch + "'"}
}

// packages are the names in the index, which has the versions 1 and 2 of each. A
// package depends on later ones only.
func packages() []string { return []string{"pa", "pb", "pc", "pd", "pe", "pf"} }

// wheelhouse fills a folder with wheels of all packages.
func (g generator) wheelhouse(t testing.TB, dir string) {
	for i, name := range packages() {
		for _, version := range []string{"1", "2"} {
			metadata := fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\nProvides-Extra: x\n", name, version)
			if later := packages()[i+1:]; len(later) > 0 {
				for range g.IntN(3) {
					metadata += "Requires-Dist: " + g.requirement(later) + "\n"
				}
				requirement, marker, has := strings.Cut(g.requirement(later), " ; ")
				if has {
					marker = "(" + marker + ") and "
				}
				metadata += "Requires-Dist: " + requirement + " ; " + marker + "extra == 'x'\n"
			}
			writeWheel(t, dir, name, version, metadata)
		}
	}
}

// writeWheel writes a wheel without modules.
func writeWheel(t testing.TB, dir, name, version, metadata string) {
	t.Helper()
	var data bytes.Buffer
	w := zip.NewWriter(&data)
	info := name + "-" + version + ".dist-info/"
	for _, file := range [][2]string{
		{"METADATA", metadata},
		{"WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{"RECORD", info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n"},
	} {
		f, err := w.Create(info + file[0])
		require.NoError(t, err)
		_, err = f.Write([]byte(file[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	writeFile(t, dir, name+"-"+version+"-py3-none-any.whl", data.String())
}

// member is the pyproject.toml of a package of the workspace.
func (g generator) member() string {
	return "[project]\nname = \"member\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n" + list("dependencies", []string{g.requirement(packages())}) +
		"[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n"
}

// project is a pyproject.toml with a member, a group, and extras that exclude
// each other.
func (g generator) project() string {
	all := packages()
	var dependencies []string
	for range 1 + g.IntN(3) {
		dependencies = append(dependencies, g.requirement(all[:4]))
	}
	if g.IntN(2) == 0 {
		dependencies = append(dependencies, g.fork("pe")...)
	}
	if g.IntN(2) == 0 {
		dependencies = append(dependencies, "member"+g.marker())
	}
	text := "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n" + list("dependencies", dependencies) +
		"[project.optional-dependencies]\n" + list("fast", []string{g.requirement(all), "pf==1" + g.marker()}) + list("slow", []string{g.requirement(all), "pf==2" + g.marker()}) +
		"[dependency-groups]\n" + list("dev", []string{g.requirement(all)}) +
		"[tool.uv.workspace]\nmembers = [\"member\"]\n[tool.uv.sources]\nmember = { workspace = true }\n[tool.uv]\nconflicts = [[{ extra = \"fast\" }, { extra = \"slow\" }]]\n"
	if g.IntN(4) == 0 {
		text += list("environments", []string{"python_full_version >= '3.13.2' and sys_platform == 'linux'"})
	}
	return text
}

// list is a key with a list of strings.
func list(key string, items []string) string {
	text := key + " = ["
	for _, item := range items {
		text += fmt.Sprintf("%q, ", item)
	}
	return text + "]\n"
}

// choice are the extras and groups of a function.
type choice struct{ extras, groups []string }

// flags are the flags for `uv export`.
func (c choice) flags() []string {
	flags := []string{"--no-default-groups"}
	for _, extra := range c.extras {
		flags = append(flags, "--extra", extra)
	}
	for _, group := range c.groups {
		flags = append(flags, "--group", group)
	}
	return flags
}

// What is planned for an interpreter is what uv installs on it, from locks that
// uv has made. A closure that does not depend on the patch release is the same
// for all of them.
func TestClosuresOfUV(t *testing.T) {
	t.Parallel()
	var locked, dependent int
	for seed := range uint64(10) {
		g := generator{rand.New(rand.NewPCG(seed, 0))}
		dir := t.TempDir()
		g.wheelhouse(t, filepath.Join(dir, "wheels"))
		writeFile(t, dir, "pyproject.toml", g.project())
		writeFile(t, dir, "member/pyproject.toml", g.member())
		writeFile(t, dir, "member/src/member/__init__.py", "")
		if _, _, err := output(t, dir, "uv", "lock", "--no-index", "--find-links", "wheels", "--python", oracles.Python.Program("python")); err != nil {
			require.Contains(t, err.Error(), "No solution found", "seed %d", seed)
			continue
		}
		locked++
		for _, chosen := range []choice{{}, {extras: []string{"fast"}}, {extras: []string{"slow"}, groups: []string{"dev"}}} {
			if compareClosures(t, dir, chosen) {
				dependent++
			}
		}
	}
	require.Greater(t, locked, 5, "too few of the projects can be locked")
	require.Greater(t, dependent, 5, "too few closures depend on the patch release")
	require.Less(t, dependent, 3*locked, "all closures depend on the patch release")
}

// compareClosures compares one choice of a locked project on all targets, and
// tells whether the closure for Python 3.13 depends on the patch release.
func compareClosures(t *testing.T, dir string, chosen choice) bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
	require.NoError(t, err)
	lock := parseLock(t, data)
	run(t, dir, "uv", append([]string{"export", "--frozen", "--quiet", "--no-emit-project", "--no-editable", "--format", "pylock.toml", "--output-file", "pylock.toml"}, chosen.flags()...)...)

	unknown := project.NewInterpreter(project.Version{Major: 3, Minor: 13}, "", nil)
	supported, err := lock.Supports(project.TargetEnvironment(unknown, "amd64"))
	require.NoError(t, err)
	_, err = lock.Closure("app", chosen.groups, chosen.extras, project.TargetEnvironment(unknown, "amd64"))
	require.NoError(t, err)
	var before []string
	for _, to := range targets() {
		want, err := install(t, dir, to)
		env := project.TargetEnvironment(to.interpreter(t), to.arch)
		supported, supportErr := lock.Supports(env)
		require.NoError(t, supportErr)
		if err != nil {
			require.Contains(t, err.Error(), "target environment is not supported by the lockfile")
			require.False(t, supported, "%+v", to)
			continue
		}
		require.True(t, supported, "%+v", to)
		closure, err := lock.Closure("app", chosen.groups, chosen.extras, env)
		require.NoError(t, err)
		require.Equal(t, want, names(slices.Concat(closure.Packages, closure.Members)), "%+v %+v\n%s", to, chosen, data)
		if strings.HasPrefix(to.full, "3.13.") && to.arch == "amd64" {
			require.True(t, before == nil || unknown.DependsOnPatch() != "" || slices.Equal(before, want), "%+v %+v\n%s", to, chosen, data)
			before = want
		}
	}
	return supported && unknown.DependsOnPatch() != ""
}
