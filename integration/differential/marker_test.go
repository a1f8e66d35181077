package differential

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// comparisons are comparisons of every kind with versions around the versions of
// the targets. Unless they are for uv, they leave out lists of versions and
// pre-releases, which packaging sees otherwise. uv knows no "===" here.
func comparisons(forUV bool) []string {
	versions := []string{"3", "3.13", "3.13.0", "3.13.1", "3.13.2", "3.13.5", "3.13.13", "3.14", "3.14.0", "3.13.1.0", "3.13.4.1"}
	operators := []string{"<", "<=", "==", "!=", ">=", ">"}
	if forUV {
		versions = append(versions, "3.14.0rc1", "3.15.0b2", "3.13.2.post1", "3.13.5.dev1")
	}
	var all []string
	for _, variable := range []string{"python_version", "python_full_version", "implementation_version"} {
		for _, version := range versions {
			for _, operator := range operators {
				all = append(all, fmt.Sprintf("%s %s '%s'", variable, operator, version), fmt.Sprintf("'%s' %s %s", version, operator, variable))
			}
			if strings.Count(version, ".") > 0 {
				all = append(all, fmt.Sprintf("%s ~= '%s'", variable, version))
			}
		}
		for _, version := range []string{"3.*", "3.13.*", "3.13.1.*", "3.13.5.*", "3.14.*"} {
			all = append(all, fmt.Sprintf("%s == '%s'", variable, version))
			// To uv, python_version != '3.13.1.*' never holds, which is a mistake
			// of its own. No lock has such a marker.
			if !forUV || variable != "python_version" || strings.Count(version, ".") < 3 {
				all = append(all, fmt.Sprintf("%s != '%s'", variable, version))
			}
		}
		if forUV && variable != "python_version" {
			all = append(all, "'dev' in dependency_groups", "'dev' not in dependency_groups", "'fast' in extras", "'fast' not in extras")
			all = append(all, variable+" in '3.13.1 3.13.5'", variable+" not in '3.13.1  3.13.5'", variable+" in '3.14.0'")
		}
	}
	return append(all, "sys_platform == 'linux'", "sys_platform == 'win32'", "platform_machine == 'aarch64'", "platform_machine != 'arm64'",
		"os_name == 'posix'", "platform_system == 'Linux'", "platform_system != 'Darwin'", "platform_python_implementation == 'CPython'",
		"implementation_name == 'pypy'", "'64' in platform_machine", "platform_machine in 'x86_64 amd64'", "platform_release >= '5'", "platform_version == ''")
}

// combined are comparisons and random combinations of them.
func combined(random *rand.Rand, basic []string) []string {
	all := slices.Clone(basic)
	pick := func() string { return basic[random.IntN(len(basic))] }
	for range 400 {
		all = append(all,
			pick()+" and "+pick(),
			pick()+" or "+pick(),
			fmt.Sprintf("(%s or %s) and (%s or %s)", pick(), pick(), pick(), pick()),
			fmt.Sprintf("%s and %s or %s", pick(), pick(), pick()))
	}
	return all
}

// holding are the packages of lockOf whose markers hold here.
func holding(t testing.TB, lock *project.Lock, python *project.Interpreter, arch string) []string {
	t.Helper()
	closure, err := lock.Closure("app", nil, nil, project.TargetEnvironment(python, arch))
	require.NoError(t, err)
	return names(closure.Packages)
}

// requireSame compares two lists of packages, and names the markers that differ.
func requireSame(t *testing.T, markers, want, got []string, to target) {
	t.Helper()
	for i, marker := range markers {
		name := fmt.Sprintf("p%d==1", i)
		assert.Equal(t, slices.Contains(want, name), slices.Contains(got, name), "%s on %+v", marker, to)
	}
}

// Markers mean what they mean to uv on every target.
func TestMarkersOfUV(t *testing.T) {
	t.Parallel()
	markers := combined(rand.New(rand.NewPCG(1, 2)), comparisons(true))
	dir := t.TempDir()
	pylock := "lock-version = \"1.0\"\ncreated-by = \"test\"\n"
	for i, marker := range markers {
		pylock += fmt.Sprintf("[[packages]]\nname = \"p%d\"\nversion = \"1\"\nmarker = %q\nwheels = [{ url = \"https://packages.example.com/p%d-1-py3-none-any.whl\", hashes = { sha256 = \"%064d\" } }]\n", i, marker, i, 0)
	}
	writeFile(t, dir, "pylock.toml", pylock)
	lock := parseLock(t, []byte(lockOf(markers)))
	for _, to := range targets() {
		want, err := install(t, dir, to)
		require.NoError(t, err)
		requireSame(t, markers, want, holding(t, lock, to.interpreter(t), to.arch), to)
	}
}

// evaluate prints a JSON list with the indices of the markers that hold.
const evaluate = `
import json, sys
from packaging.markers import Marker
asked = json.load(sys.stdin if len(sys.argv) == 1 else open(sys.argv[1]))
print(json.dumps([[i for i, text in enumerate(asked["markers"]) if Marker(text).evaluate(env)] for env in asked["environments"]]))
`

// Markers mean what they mean to the library that pip is made with, on every
// target that is a release.
func TestMarkersOfPackaging(t *testing.T) {
	t.Parallel()
	markers := combined(rand.New(rand.NewPCG(3, 4)), comparisons(false))
	released := slices.DeleteFunc(targets(), func(to target) bool { return strings.ContainsAny(to.full, "abc") })
	var environments []map[string]string
	for _, to := range released {
		environments = append(environments, map[string]string{
			"implementation_name": "cpython", "implementation_version": to.full, "os_name": "posix",
			"platform_machine": project.Machine(to.arch), "platform_python_implementation": "CPython", "platform_release": "",
			"platform_system": "Linux", "platform_version": "", "python_full_version": to.full,
			"python_version": to.version(t).String(), "sys_platform": "linux",
		})
	}
	asked, err := json.Marshal(map[string]any{"markers": markers, "environments": environments})
	require.NoError(t, err)
	dir := t.TempDir()
	writeFile(t, dir, "asked.json", string(asked))
	var held [][]int
	require.NoError(t, json.Unmarshal([]byte(run(t, dir, "python", "-I", "-c", evaluate, "asked.json")), &held))
	lock := parseLock(t, []byte(lockOf(markers)))
	for i, to := range released {
		var want []string
		for _, index := range held[i] {
			want = append(want, fmt.Sprintf("p%d==1", index))
		}
		requireSame(t, markers, want, holding(t, lock, to.interpreter(t), to.arch), to)
	}
}

// A marker is said to depend on the patch release when it does, by comparing all
// that there are, and never otherwise.
func TestMarkersThatDependOnThePatchRelease(t *testing.T) {
	t.Parallel()
	version := project.Version{Major: 3, Minor: 13}
	depending := 0
	for _, marker := range combined(rand.New(rand.NewPCG(5, 6)), comparisons(true)) {
		lock := parseLock(t, []byte(lockOf([]string{marker})))
		unknown := project.NewInterpreter(version, "", nil)
		newest := holding(t, lock, unknown, "amd64")
		var different bool
		last := holding(t, lock, project.NewInterpreter(version, "3.13.0", nil), "amd64")
		for patch := 1; patch < 30; patch++ {
			now := holding(t, lock, project.NewInterpreter(version, fmt.Sprintf("3.13.%d", patch), nil), "amd64")
			different = different || !slices.Equal(last, now)
			last = now
		}
		require.Equal(t, different, unknown.DependsOnPatch() != "", marker)
		require.Equal(t, last, newest, marker)
		if different {
			depending++
			require.Equal(t, newest, holding(t, lock, project.NewInterpreter(version, unknown.FullVersion(), nil), "amd64"), marker)
		}
	}
	require.Positive(t, depending)
}
