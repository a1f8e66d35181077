package llb_test

import (
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

const driver = "/var/lang/bin/python3.13 -I -S /uvlambda/steps/driver.py "

func TestArguments(t *testing.T) {
	t.Parallel()
	g := convertState(t, everyStep(), options(t))
	const pip = "/uvlambda/uv pip install --no-deps --python /var/lang/bin/python3.13 --python-platform aarch64-manylinux_2_34 "
	for name, want := range map[string]string{
		"[api 1/6] export the locked packages of api": "/uv export --frozen --no-config --no-cache --no-python-downloads -qq " +
			"--no-emit-local --no-default-groups --no-header --format pylock.toml --output-file /out/pylock.toml --project /src/svc --group prod",
		"[api 2/6] install 2 packages for linux/arm64": driver + "dependencies 2000 " + pip +
			"--config-file /uvlambda/uv.toml --compile-bytecode --only-binary :all: --requirements /uvlambda/pylock.toml",
		"[api 3/6] build and install first for linux/arm64": driver + "members 3000 /src/packages/first " + pip +
			"--config-file /uvlambda/uv.toml --no-compile-bytecode",
	} {
		assert.Equal(t, want, g.named(t, name).args(), name)
	}
}

// On a runtime whose C library uv has no name for, wheels for newer ones are
// kept from uv.
func TestArgumentsForAnOlderGlibc(t *testing.T) {
	t.Parallel()
	p := everyStep()
	plan.First[plan.Dependencies](p).Glibc = 26
	assert.Contains(t, convertState(t, p, options(t)).named(t, "install 2 packages").args(), driver+"dependencies 2000 --glibc 26 /uvlambda/uv pip install ")
}

func TestMemberArguments(t *testing.T) {
	t.Parallel()
	p := everyStep()
	dependencies, members := plan.First[plan.Dependencies](p), plan.All[plan.Member](p)
	dependencies.Settings = ""
	members[0].Settings, members[0].LegacySetuptools = "", true
	members[0].Modules, members[0].SomeModule, members[0].FoundModule = []string{"a", "b/c"}, true, true
	members[0].ConfigSettings, members[0].BuildVariables = []string{"a=b", "c=d"}, map[string]string{"MODE": "x y", "A": "=1"}
	members[1].IsFile, members[1].Path = true, "vendor/second-1.0-py3-none-any.whl"
	g := convertState(t, p, options(t))
	assert.Contains(t, g.named(t, "install 2 packages for").args(), " --no-config ")
	assert.False(t, g.named(t, "install 2 packages for").has("/uvlambda/uv.toml"))
	assert.Contains(t, g.named(t, "install first").args(), driver+"members 3000 --legacy-setuptools --module a --module b/c --some-module --found-module --config-setting a=b --config-setting c=d --variable A==1 --variable MODE=x y /src/packages/first /uvlambda/uv pip install ")
	assert.Contains(t, g.named(t, "install first").args(), " --no-config ")
	assert.Contains(t, g.named(t, "install second").args(), driver+"members 4000 /src/vendor/second-1.0-py3-none-any.whl /uvlambda/uv ")
}

func TestLockArguments(t *testing.T) {
	t.Parallel()
	assert.Equal(t, driver+"lock svc/uv.lock /uvlambda/uv lock --python /var/lang/bin/python3.13 --directory /src/svc --upgrade",
		convertState(t, lockStep(), options(t)).named(t, "[api 1/1] resolve svc/uv.lock").args())
	res, err := llb.Convert(everyStep(), inputs(), options(t))
	require.NoError(t, err)
	assert.Equal(t, "/uvlambda/uv lock --check --offline -qq --python /var/lang/bin/python3.13 --directory /src",
		decode(t, *res.Check).named(t, "[api] check that uv.lock is up to date").args())
}

// TestExplain: a step that is run again for uv's messages is run by the driver,
// which keeps them. The check of uv.lock then has the network, so that uv can
// resolve.
func TestExplain(t *testing.T) {
	t.Parallel()
	opts := options(t)
	opts.Explain = true
	export := convertState(t, everyStep(), opts).named(t, "export the locked packages")
	assert.Contains(t, export.args(), driver+"export /uvlambda/uv export --frozen --no-config --no-cache --no-python-downloads --quiet ")
	assert.Equal(t, pb.NetMode_NONE, export.op.GetExec().Network)
	res, err := llb.Convert(everyStep(), inputs(), opts)
	require.NoError(t, err)
	check := decode(t, *res.Check).named(t, "[api] check that uv.lock is up to date")
	assert.Equal(t, driver+"lock-check /uvlambda/uv lock --check --python /var/lang/bin/python3.13 --directory /src", check.args())
	assert.Equal(t, pb.NetMode_UNSET, check.op.GetExec().Network)
}

// TestAgain: a graph that is made again shares no step that runs a container with
// the first, and no such step starts from an image as it is.
func TestAgain(t *testing.T) {
	t.Parallel()
	steps := func(again string) (found map[digest.Digest]bool, ofImages int) {
		opts := options(t)
		opts.Again = again
		res, err := llb.Convert(everyStep(), inputs(), opts)
		require.NoError(t, err)
		found = map[digest.Digest]bool{}
		for _, g := range []graph{decode(t, output(res)), decode(t, *res.Check)} {
			for i, v := range g.vertices {
				if v.op.GetExec() == nil {
					continue
				}
				found[digest.FromBytes(g.bytes[i])] = true
				for _, i := range v.inputs {
					if strings.HasPrefix(g.vertices[i].op.GetSource().GetIdentifier(), "docker-image://") {
						ofImages++
					}
				}
			}
		}
		return found, ofImages
	}
	first, ofImages := steps("")
	assert.NotZero(t, ofImages)
	again, ofImages := steps("x")
	assert.Zero(t, ofImages)
	assert.Len(t, again, len(first))
	for step := range again {
		assert.False(t, first[step])
	}
}

// TestExportDecidesByContent checks the edge that makes an edit of a project
// file cheap: the installation reads nothing of the export but its output.
func TestExportDecidesByContent(t *testing.T) {
	t.Parallel()
	g := convertState(t, everyStep(), options(t))
	install := g.named(t, "install 2 packages")
	pylock := install.mount(t, "/uvlambda/pylock.toml")
	assert.Equal(t, "/pylock.toml", pylock.Selector)
	assert.Contains(t, g.vertices[install.inputs[pylock.Input]].name, "export the locked packages")
	for _, in := range install.inputs {
		if source := g.vertices[in].op.GetSource(); source != nil {
			assert.NotContains(t, source.Identifier, "local://")
		}
	}
}

// TestReducedFiles: a file whose content the plan gives is not read from the
// context.
func TestReducedFiles(t *testing.T) {
	t.Parallel()
	p := everyStep()
	plan.First[plan.Export](p).Reduced = []plan.File{{Path: "svc/pyproject.toml", Content: "[project]\n"}}
	copied := func(p *plan.Plan) (names []string) {
		for _, action := range convertState(t, p, options(t)).named(t, "prepare the project files for the export").op.GetFile().Actions {
			if c := action.GetCopy(); c != nil {
				names = append(names, c.Dest)
			}
		}
		return names
	}
	assert.NotContains(t, copied(p), "/svc/pyproject.toml")
	assert.Contains(t, copied(p), "/svc/uv.lock")
	assert.Contains(t, copied(p.Whole()), "/svc/pyproject.toml")
}

// A check that builds packages has their folders and what is beside them, or the whole
// context; files that the plan gives stand over them.
func TestFoldersOfTheLockCheck(t *testing.T) {
	t.Parallel()
	copied := func(l plan.LockCheck) (sources []string) {
		p := everyStep()
		*plan.First[plan.LockCheck](p) = l
		res, err := llb.Convert(p, inputs(), options(t))
		require.NoError(t, err)
		for _, action := range decode(t, *res.Check).named(t, "prepare the project files for the check of uv.lock").op.GetFile().Actions {
			if c := action.GetCopy(); c != nil {
				assert.Equal(t, c.Src, c.Dest)
				sources = append(sources, strings.TrimSpace(c.Src+" "+strings.Join(c.ExcludePatterns, ",")))
			}
			if f := action.GetMkfile(); f != nil {
				sources = append(sources, f.Path+" is given")
			}
		}
		return sources
	}
	builds, beside := []plan.Folder{{Path: "library", Exclude: []string{"dist"}}}, []plan.Folder{{Path: "VERSION"}}
	assert.Equal(t, []string{"/VERSION", "/library dist", "/uv.lock"}, copied(plan.LockCheck{Root: ".", Files: []string{"uv.lock"}, Builds: builds, Beside: beside}))
	assert.Equal(t, []string{"/ **/.git", "/uv.lock"}, copied(plan.LockCheck{Root: ".", Files: []string{"uv.lock"}, Builds: builds, Beside: []plan.Folder{{Path: ".", Exclude: []string{"**/.git"}}}, Whole: true}))
	assert.Equal(t, []string{"/pyproject.toml is given"}, copied(plan.LockCheck{Root: ".", Files: []string{"pyproject.toml"}, Reduced: []plan.File{{Path: "pyproject.toml", Content: "[project]\n"}}}))
}

// A package from git without a version in the lock is asked for by its name alone.
func TestGitWithoutAVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"2.1": " git /src/library-2.1/python 0123 library==2.1 0 ", "": " git /src/library/python 0123 library 0 "} {
		p := everyStep()
		p.AddGit(&plan.Git{Name: "library", Version: version, Repository: "https://example.com/library.git", Commit: "0123", Folder: "python"}, nil, plan.Location{})
		g := convertState(t, p, options(t))
		assert.Contains(t, g.named(t, "from git for").args(), want)
	}
}
