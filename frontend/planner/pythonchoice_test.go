package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// lockOf is a lock of api and of packages with wheels of these tags; a
// package's name may be followed by the marker under which api depends on it.
func lockOf(packages ...[]string) string {
	var edges []string
	var tables strings.Builder
	for _, p := range packages {
		name, marker, _ := strings.Cut(p[0], " ")
		if marker != "" {
			marker = fmt.Sprintf(", marker = %q", marker)
		}
		edges = append(edges, fmt.Sprintf("{ name = %q%s }", name, marker))
		fmt.Fprintf(&tables, "\n[[package]]\nname = %q\nversion = '1.0'\n%s", name, index)
		var wheels []string
		for _, tag := range p[1:] {
			file := fmt.Sprintf("{ url = 'https://packages.example.com/%s-1.0-%s.whl', hash = 'sha256:00' }", name, tag)
			if tag == "sdist" {
				fmt.Fprintf(&tables, "sdist = { url = 'https://packages.example.com/%s-1.0.tar.gz', hash = 'sha256:00' }\n", name)
				continue
			}
			wheels = append(wheels, file)
		}
		fmt.Fprintf(&tables, "wheels = [%s]\n", strings.Join(wheels, ", "))
	}
	return baseLock + "dependencies = [" + strings.Join(edges, ", ") + "]\n" + tables.String()
}

// tags are the tags of wheels for one platform and several Pythons.
func tags(platform string, pythons ...string) []string {
	var all []string
	for _, p := range pythons {
		all = append(all, fmt.Sprintf("cp%s-cp%s-%s", p, p, platform))
	}
	return all
}

func pkg(name string, tags ...[]string) []string {
	all := []string{name}
	for _, t := range tags {
		all = append(all, t...)
	}
	return all
}

const linux, arm = "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_28_aarch64"

func TestDefaultPythonHasWheels(t *testing.T) {
	t.Parallel()
	const allowed = "newest Lambda runtime that requires-python allows"
	for name, tt := range map[string]struct {
		lock, platform string
		version        string
		newest         bool
	}{
		"all have wheels":          {lock: lockOf(pkg("a", tags(linux, "313", "314"))), version: "3.14", newest: true},
		"pure":                     {lock: lockOf(pkg("a", []string{"py3-none-any"})), version: "3.14", newest: true},
		"stable ABI":               {lock: lockOf(pkg("a", []string{"cp39-abi3-" + linux})), version: "3.14", newest: true},
		"no newest":                {lock: lockOf(pkg("a", tags(linux, "312", "313"))), version: "3.13"},
		"each has another":         {lock: lockOf(pkg("a", tags(linux, "312", "314")), pkg("b", tags(linux, "312", "313"))), version: "3.12"},
		"other platform":           {lock: lockOf(pkg("a", tags(linux, "312", "314"), tags(arm, "313"))), platform: "linux/arm64", version: "3.13"},
		"built from source":        {lock: lockOf(pkg("a", []string{"sdist"})), version: "3.14", newest: true},
		"source of native code":    {lock: lockOf(pkg("a", tags(linux, "313"), []string{"sdist"})), version: "3.13"},
		"not wanted on the newest": {lock: lockOf(pkg("a python_full_version < '3.14'", tags(linux, "312"))), version: "3.14", newest: true},
		"wanted on the newest":     {lock: lockOf(pkg("a python_full_version >= '3.14'", tags(linux, "312"))), version: "3.13"},
		"environments": {
			lock:    strings.Replace(baseLock, "\n\n", "\nsupported-markers = [\"python_full_version < '3.14'\"]\n\n", 1),
			version: "3.13",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlan(contextOf(change(map[string]string{"uv.lock": tt.lock})), client{platform: tt.platform})
			require.NoError(t, err)
			want := allowed + " and the lock has wheels for"
			if tt.newest {
				want = allowed
			}
			assert.Equal(t, []string{tt.version, want}, []string{p.Python.Version, p.Python.Reason})
			assert.Equal(t, "public.ecr.aws/lambda/python:"+tt.version, p.Base.Ref)
		})
	}
}

func TestDefaultPythonWithoutRequirement(t *testing.T) {
	t.Parallel()
	without := func(text string) string {
		return strings.ReplaceAll(text, "requires-python = \">=3.12\"\n", "")
	}
	contents := change(map[string]string{
		"pyproject.toml": without(base()["pyproject.toml"]),
		"uv.lock":        without(lockOf(pkg("a", tags("manylinux2014_x86_64", "311", "310")))),
	})
	p, err := newPlan(contextOf(contents), client{})
	require.NoError(t, err)
	assert.Equal(t, []string{"3.11", "newest Lambda runtime that the lock has wheels for"}, []string{p.Python.Version, p.Python.Reason})
	assert.Equal(t, []any{"x86_64-manylinux_2_28", 26}, []any{p.Python.WheelPlatform, plan.First[plan.Dependencies](p).Glibc})
}

func TestWheelsOfOtherPythons(t *testing.T) {
	t.Parallel()
	const noneFor = "uv.lock:11: 1 of the locked packages cannot be installed on linux/amd64 with Python 3.14 (glibc 2.34):\n  a 1.0 <- your dependencies: "
	older := lockOf(pkg("a", tags(linux, "39", "312", "313"), tags("win_amd64", "314")))
	never := lockOf(pkg("a", tags(linux, "310", "39"), tags("win_amd64", "314")))
	there := lockOf(pkg("a", tags(linux, "310"), tags(arm, "314")))
	checkMistakes(t, []mistake{
		{
			name:  "python is set",
			files: map[string]string{"uv.lock": older, "pyproject.toml": keys("handler = 'app.handler'\npython = '3.14'")["pyproject.toml"]},
			want: noneFor + "its wheels for linux/amd64 are for cp39, cp312, cp313, none is for cp314\n" +
				"set python = \"3.13\", for which all of them can be installed, or lock versions that have wheels for Python 3.14",
		},
		{
			name:  ".python-version is set",
			files: map[string]string{"uv.lock": older, ".python-version": "3.14\n"},
			want: noneFor + "its wheels for linux/amd64 are for cp39, cp312, cp313, none is for cp314\n" +
				"write 3.13 into .python-version, for which all of them can be installed, or lock versions that have wheels for Python 3.14",
		},
		{
			name:  "none of the Pythons that are allowed",
			files: map[string]string{"uv.lock": never},
			want: noneFor + "its wheels for linux/amd64 are for cp39, cp310, none is for cp314\n" +
				"no other Python would do: lock versions that have such a wheel, or depend on packages that have one",
		},
		{
			name:  "on the other platform",
			files: map[string]string{"uv.lock": there},
			want: noneFor + "its wheels for linux/amd64 are for cp310, none is for cp314\n" +
				"no other Python would do: lock versions that have such a wheel, build for linux/arm64, where all of them can be installed, or depend on packages that have one",
		},
	})
}

// What the lock has wheels for may depend on the patch releases of several
// Pythons: one after the other is asked for.
func TestDefaultPythonThatDependsOnPatchReleases(t *testing.T) {
	t.Parallel()
	lock := lockOf(
		pkg("a python_full_version < '3.14.2'", tags(linux, "312")),
		pkg("b python_full_version < '3.13.9'", tags(linux, "312")),
	)
	const newest, second = "/var/lang/bin/python3.14", "/var/lang/bin/python3.13"
	for name, tt := range map[string]struct {
		known      map[string]string
		asks, want string
	}{
		"nothing known":       {asks: newest},
		"newest fits":         {known: map[string]string{newest: "3.14.2"}, want: "3.14"},
		"newest does not fit": {known: map[string]string{newest: "3.14.1"}, asks: second},
		"second fits not":     {known: map[string]string{newest: "3.14.1", second: "3.13.8"}, want: "3.12"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := newInput(contextOf(change(map[string]string{"uv.lock": lock})), client{})
			require.NoError(t, err)
			in.AssumePython, in.Pythons = false, tt.known
			decided, err := planner.Decide(in)
			if tt.asks != "" {
				var unknown *planner.Unknown
				require.ErrorAs(t, err, &unknown)
				assert.Equal(t, tt.asks, unknown.Python.Executable)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, decided.Plan.Python.Version)
		})
	}
}

// large is a lock of 3,000 packages that fits only the oldest Python that is
// allowed, and so is looked at for each of them.
func large(t testing.TB) planner.Input {
	t.Helper()
	var packages [][]string
	for i := range 3000 {
		packages = append(packages, pkg(fmt.Sprintf("p%d", i), tags(linux, "39", "310", "311", "312"), tags(arm, "312", "313"), tags("win_amd64", "312", "313", "314")))
	}
	in, err := newInput(contextOf(change(map[string]string{"uv.lock": lockOf(packages...)})), client{})
	require.NoError(t, err)
	return in
}

func TestDefaultPythonOfALargeLock(t *testing.T) {
	t.Parallel()
	decided, err := planner.Decide(large(t))
	require.NoError(t, err)
	assert.Equal(t, []any{"3.12", 3000}, []any{decided.Plan.Python.Version, plan.First[plan.Dependencies](decided.Plan).Packages})
}

func BenchmarkDefaultPythonOfALargeLock(b *testing.B) {
	in := large(b)
	for b.Loop() {
		_, err := planner.Decide(in)
		require.NoError(b, err)
	}
}

// The Python of a base is no choice, so that no other one is offered.
func TestWheelsForTheBasesPython(t *testing.T) {
	t.Parallel()
	contents := based(ownBase, "handler = 'app.handler'\nentrypoint = ['/start']\n")
	contents["uv.lock"] = lockOf(pkg("a", tags(linux, "312"), tags(arm, "313")))
	_, err := on(t, contents, &planner.Base{Executable: "/usr/bin/python3", FullVersion: "3.13.5", Glibc: 36}, plan.OutputImage)
	require.EqualError(t, err, "uv.lock:11: 1 of the locked packages cannot be installed on linux/amd64 with Python 3.13 (glibc 2.36):\n  a 1.0 <- your dependencies: "+
		"its wheels for linux/amd64 are for cp312, none is for cp313\n"+
		"no other Python would do: lock versions that have such a wheel, build for linux/arm64, where all of them can be installed, or depend on packages that have one")
}
