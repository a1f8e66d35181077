package planner_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// locked is the base's lock with one dependency, whose table continues with
// text from line 14 on.
func locked(name, text string) string {
	return baseLock + "dependencies = [{ name = '" + name + "' }]\n\n[[package]]\nname = '" + name + "'\nversion = '1.0'\n" + text + "\n"
}

// asking is the base's project with that dependency.
func asking(name string) string {
	return strings.Replace(baseProject, "dependencies = []", "dependencies = ['"+name+"']", 1)
}

const index = "source = { registry = 'https://packages.example.com/simple' }\n"

func TestDependencyErrors(t *testing.T) {
	t.Parallel()
	const remedy = "\nno other Python would do: lock versions that have such a wheel, or depend on packages that have one"
	elsewhere := strings.Replace(remedy, "wheel,", "wheel, build for linux/arm64, where all of them can be installed,", 1)
	const from = "uv.lock:11: tools comes from git (tools 1.0 <- your dependencies, line 5 of pyproject.toml), "
	commit := "#" + strings.Repeat("0123456789", 4)
	foreign := index + "wheels = [{ url = 'https://packages.example.com/numbers-1.0-cp314-cp314-macosx_11_0_arm64.whl', hash = 'sha256:00' }, " +
		"{ url = 'https://packages.example.com/numbers-1.0-cp314-cp314-manylinux_2_28_aarch64.whl', hash = 'sha256:00' }]"
	checkMistakes(t, []mistake{
		{
			name:  "git without a commit",
			files: map[string]string{"pyproject.toml": asking("tools"), "uv.lock": locked("tools", "source = { git = 'https://example.com/tools.git#00' }")},
			want:  from + "and uv.lock has no commit for it: lock again",
		},
		{
			name:  "git by a protocol that no builder knows",
			files: map[string]string{"pyproject.toml": asking("tools"), "uv.lock": locked("tools", "source = { git = 'ftp://example.com/tools.git"+commit+"' }")},
			want:  from + "by the protocol ftp, by which no builder reaches it: give the repository a URL with https, http, ssh, git, and lock again",
		},
		{
			name:  "git with files elsewhere",
			files: map[string]string{"pyproject.toml": asking("tools"), "uv.lock": locked("tools", "source = { git = 'https://example.com/tools.git?lfs=true"+commit+"' }")},
			want:  from + "with `lfs = true`, and a builder fetches no files of Git LFS: leave `lfs` out if the package needs none of them, or depend on a release",
		},
		{
			name: "git that may not be built",
			files: map[string]string{
				"pyproject.toml": asking("tools") + "[tool.uv]\nno-build = true\n",
				"uv.lock":        locked("tools", "source = { git = 'https://example.com/tools.git"+commit+"' }"),
			},
			want: "uv.lock:11: 1 of the locked packages cannot be installed on linux/amd64 with Python 3.14 (glibc 2.34):\n" +
				"  tools 1.0 <- your dependencies, line 5 of pyproject.toml: it has no wheels, and building it is not allowed (no-build)" + remedy,
		},
		{
			name:  "no hash",
			files: map[string]string{"pyproject.toml": asking("tools"), "uv.lock": locked("tools", index+"wheels = [{ url = 'https://packages.example.com/tools-1.0-py3-none-any.whl' }]")},
			want: "uv.lock:11: tools has files without a hash (tools 1.0 <- your dependencies, line 5 of pyproject.toml), since its index gives none, so what is downloaded could not be checked: " +
				"publish hashes with the index's links, and lock again",
		},
		{
			name:  "wheels for other platforms",
			files: map[string]string{"pyproject.toml": asking("numbers"), "uv.lock": locked("numbers", foreign)},
			want: "uv.lock:11: 1 of the locked packages cannot be installed on linux/amd64 with Python 3.14 (glibc 2.34):\n" +
				"  numbers 1.0 <- your dependencies, line 5 of pyproject.toml: it has wheels for macosx_11_0_arm64, manylinux_2_28_aarch64" + elsewhere,
		},
		{
			name: "source that may not be built",
			files: map[string]string{
				"pyproject.toml": asking("numbers") + "[tool.uv]\nno-build-package = ['Numbers']\n",
				"uv.lock":        locked("numbers", index+"sdist = { url = 'https://packages.example.com/numbers-1.0.tar.gz', hash = 'sha256:00' }"),
			},
			want: "uv.lock:11: 1 of the locked packages cannot be installed on linux/amd64 with Python 3.14 (glibc 2.34):\n" +
				"  numbers 1.0 <- your dependencies, line 5 of pyproject.toml: it has no wheels, and building it is not allowed (no-build)" + remedy,
		},
		{
			name:  "password of a dependency, and of a member's",
			files: map[string]string{"pyproject.toml": asking("tools @ https://me:hunter2@packages.example.com/tools.whl"), "uv.lock": locked("library", "source = { editable = 'library' }"), "library/pyproject.toml": "[project]\nname = 'library'\ndependencies = ['x @ https://me:hunter2@packages.example.com/x.whl']\n"},
			want: "pyproject.toml:5: the URL holds a password, which would be kept in the records of the build: take it out, and pass a netrc file as --secret id=netrc,src=FILE\n" +
				"library/pyproject.toml:3: the URL holds a password, which would be kept in the records of the build: take it out, and pass a netrc file as --secret id=netrc,src=FILE",
		},
		{
			name: "password in an index",
			files: map[string]string{
				"pyproject.toml": baseProject + "[tool.uvlambda]\nhandler = 'app.handler'\n[[tool.uv.index]]\nname = 'internal'\nurl = 'https://me:hunter2@packages.example.com'\n",
			},
			want: "pyproject.toml:11: the URL holds a password, which would be kept in the records of the build: " +
				"take it out and pass it as the build secret UV_INDEX_INTERNAL_PASSWORD",
		},
	})
}

func TestForeignWheelsAreFineOnTheirPlatform(t *testing.T) {
	t.Parallel()
	contents := change(map[string]string{"uv.lock": locked("numbers", index+
		"wheels = [{ url = 'https://packages.example.com/numbers-1.0-cp314-cp314-manylinux_2_28_aarch64.whl', hash = 'sha256:00' }]")})
	p, err := newPlan(contextOf(contents), client{platform: "linux/arm64"})
	require.NoError(t, err)
	assert.Equal(t, 1, plan.First[plan.Dependencies](p).Packages)
	assert.Equal(t, []string{"--only-binary", ":all:"}, plan.First[plan.Dependencies](p).Args)
}

func TestNothingToInstall(t *testing.T) {
	t.Parallel()
	p, err := newPlan(contextOf(base()), client{})
	require.NoError(t, err)
	assert.Nil(t, plan.First[plan.Export](p))
	assert.Nil(t, plan.First[plan.Dependencies](p))
	assert.Empty(t, plan.All[plan.Member](p))
}

func TestLockCheck(t *testing.T) {
	t.Parallel()
	p, err := newPlan(contextOf(base()), client{})
	require.NoError(t, err)
	assert.Equal(t, &plan.LockCheck{
		Root: ".", Files: []string{"pyproject.toml", "uv.lock"},
		Reduced: []plan.File{{
			Path:    "pyproject.toml",
			Content: "[project]\ndependencies = []\nname = 'api'\nrequires-python = '>=3.12'\nversion = '1.0.0'\n",
		}},
	}, plan.First[plan.LockCheck](p))
	assert.Equal(t, plan.Location{File: "pyproject.toml", Line: 5, EndLine: 5}, p.Step(plan.KindLockCheck).Source)

	p, err = newPlan(contextOf(change(keys("lock = 'unchecked'"))), client{})
	require.NoError(t, err)
	assert.Nil(t, plan.First[plan.LockCheck](p))
}

// Groups that the function does not take have no part in what is exported, so that a
// change of them installs nothing again.
func TestGroupsOfTheExport(t *testing.T) {
	t.Parallel()
	const groups = "[dependency-groups]\ndev = ['pytest']\n"
	for table, want := range map[string]bool{"handler = 'app.handler'\n": false, "handler = 'app.handler'\ngroups = ['dev']\n": true} {
		p, err := newPlan(contextOf(change(map[string]string{
			"pyproject.toml": baseProject + "[tool.uvlambda]\n" + table + groups,
			"uv.lock":        strings.Replace(sizedLock(1), "\n[[package]]\nname = \"a0\"", "\n[package.dev-dependencies]\ndev = []\n\n[[package]]\nname = \"a0\"", 1),
		})), client{})
		require.NoError(t, err)
		assert.Equal(t, want, strings.Contains(plan.First[plan.Export](p).Reduced[0].Content, "pytest"), table)
		assert.Contains(t, plan.First[plan.LockCheck](p).Reduced[0].Content, "pytest", "uv.lock has all groups")
	}
}

// Each package says what it has and what it lacks.
func TestWheelsThatAreMissing(t *testing.T) {
	t.Parallel()
	lacks := func(text string) string {
		return "uv.lock:11: 1 of the locked packages cannot be installed on linux/amd64 with Python 3.14 (glibc 2.34):\n  numbers 1.0 <- your dependencies, line 5 of pyproject.toml: " +
			text + "\nno other Python would do: lock versions that have such a wheel, or depend on packages that have one"
	}
	wheel := func(tag string) string {
		return "wheels = [{ url = 'https://packages.example.com/numbers-1.0-" + tag + ".whl', hash = 'sha256:00' }]\n"
	}
	const sdist = "sdist = { url = 'https://packages.example.com/numbers-1.0.tar.gz', hash = 'sha256:00' }\n"
	made := func(settings, files string) map[string]string {
		return map[string]string{"pyproject.toml": asking("numbers") + "[tool.uv]\n" + settings + "\n", "uv.lock": locked("numbers", index+files)}
	}
	checkMistakes(t, []mistake{
		{name: "wheel that is not allowed", files: made("no-binary = true", wheel("py3-none-any")), want: lacks("it has no source distribution, and its wheels are not allowed (no-binary)")},
		{name: "neither", files: made("", ""), want: lacks("it has neither wheels nor a source distribution")},
		{name: "source that may not be built, beside wheels", files: made("no-build = true", wheel("py2-none-any")+sdist), want: lacks("it has no such wheel, and building it is not allowed (no-build)")},
		{name: "source that may not be built", files: made("no-build = true", sdist), want: lacks("it has no wheels, and building it is not allowed (no-build)")},
	})
}

// The version of a package from git is the lock's, which its build backend is told; a
// lock without one leaves it to the backend.
func TestVersionsOfPackagesFromGit(t *testing.T) {
	t.Parallel()
	lock := locked("tools", "source = { git = 'https://example.com/tools.git#0123456789abcdef0123456789abcdef01234567' }")
	for lock, want := range map[string]string{lock: "1.0", strings.Replace(lock, "name = 'tools'\nversion = '1.0'\n", "name = 'tools'\n", 1): ""} {
		p, err := newPlan(contextOf(change(map[string]string{"uv.lock": lock})), client{})
		require.NoError(t, err)
		work := plan.First[plan.Git](p)
		assert.Equal(t, want, work.Version)
		if want == "" {
			assert.Empty(t, work.Variables)
			continue
		}
		for _, name := range project.VersionVariables() {
			assert.Equal(t, want, work.Variables[name], name)
		}
	}
}
