package integration

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/integration/standin"
)

// TestUVVersions builds with the oldest and the newest uv that are tested,
// chosen in the ways that there are.
func TestUVVersions(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.UVOldest)
	const old = "0.9.26"
	for name, test := range map[string]struct{ was, becomes, version string }{
		"default":          {"[tool.uvlambda]", "[tool.uvlambda]", planner.DefaultUV},
		"key":              {"[tool.uvlambda]", "[tool.uvlambda]\nuv = \"" + old + "\"", old},
		"image":            {"[tool.uvlambda]", "[tool.uvlambda]\nuv = \"" + planner.UVRepository + ":" + old + "\"", old},
		"required-version": {"[tool.uv]\n", "[tool.uv]\nrequired-version = \"==" + old + "\"\n", old},
		"oldest":           {"[tool.uvlambda]", "[tool.uvlambda]\nuv = \"" + spec.MinimumUV + "\"", spec.MinimumUV},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := copyShape(t, "backends")
			edit(t, filepath.Join(dir, "pyproject.toml"), `dependencies = [`, `dependencies = ["six==1.17.0", `)
			edit(t, filepath.Join(dir, "pyproject.toml"), test.was, test.becomes)
			lockShape(t, env.CLI(), dir)
			ref := newReference(t)
			result := env.CLI().MustBuild(t, dir, "-t", ref, "--push")
			require.NotEmpty(t, result.Trace.Named("load metadata for "+planner.UVRepository+":"+test.version))
			requireResponse(t, invoke(t, ref, filepath.Join(dir, "event.json")), filepath.Join(dir, "event.response.json"))
			tree := taskRoot(t, pull(t, ref))
			require.Empty(t, leftovers(tree))
			require.Len(t, distributions(tree), 5)
		})
	}
}

// TestOldUV refuses a uv that is too old for the build, wherever it is named.
func TestOldUV(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ was, becomes, want string }{
		"key": {"[tool.uvlambda]", "[tool.uvlambda]\nuv = \"0.8.13\"",
			`pyproject.toml:11: uv "0.8.13" is too old, since its export cannot leave out local packages (--no-emit-local): use 0.8.14 or newer`},
		"required-version": {"[tool.uv]\n", "[tool.uv]\nrequired-version = \"==0.8.13\"\n",
			`pyproject.toml:8: required-version = "==0.8.13" pins a uv that is too old, since its export cannot leave out local packages (--no-emit-local): allow 0.8.14 or newer`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := lockedShape(t, "keyword")
			edit(t, filepath.Join(dir, "pyproject.toml"), test.was, test.becomes)
			result := env.CLI().Build(t, dir)
			require.Error(t, result.Err)
			require.Contains(t, result.Stderr, test.want)
		})
	}
}

// TestSettingsOfUVAreHonoured sets what may be built, with a package that has
// no wheel.
func TestSettingsOfUVAreHonoured(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "native")
	project := filepath.Join(dir, "pyproject.toml")

	edit(t, project, "[tool.uv]\n", "[tool.uv]\nno-build = true\n")
	result := env.CLI().Build(t, dir)
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, "docopt 0.6.2 <- your dependencies, line 5 of pyproject.toml: it has no wheels, and building it is not allowed (no-build)")

	edit(t, project, "no-build = true", `no-build-package = ["docopt"]`)
	result = env.CLI().Build(t, dir)
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, "docopt 0.6.2 <- your dependencies, line 5 of pyproject.toml: it has no wheels, and building it is not allowed (no-build)")

	// markupsafe falls back to Python where it cannot be compiled.
	edit(t, project, `no-build-package = ["docopt"]`, `no-binary-package = ["markupsafe"]`)
	ref := newReference(t)
	env.CLI().MustBuild(t, dir, "-t", ref, "--push")
	tree := taskRoot(t, pull(t, ref))
	require.Contains(t, tree, "markupsafe/_native.py")
	require.Empty(t, sharedObjects(t, tree))
}

// TestUnrelatedEditsInstallNothing edits what has no influence on the packages
// of the function, through the lock if need be.
func TestUnrelatedEditsInstallNothing(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "extras")
	project := filepath.Join(dir, "pyproject.toml")
	first := env.CLI().MustBuild(t, dir)
	require.Len(t, first.Trace.Named("install 3 packages").Ran(), 1)
	for _, edited := range []struct {
		name, was, becomes string
		locks              bool
	}{
		{"comment", "[tool.uv]", "# Pinned.\n[tool.uv]", false},
		{"table of another tool", "[tool.uv]", "[tool.ruff]\nline-length = 100\n\n[tool.uv]", false},
		{"environment", "[tool.uvlambda]", "[tool.uvlambda]\nenv = { STAGE = \"test\" }", false},
		{"version", `version = "0.1.0"`, `version = "0.2.0"`, true},
		{"development group", `dev = [`, `dev = ["typing-extensions==4.15.0", `, true},
		{"extra that is not asked for", `Other_Things = [`, `Other_Things = ["typing-extensions==4.15.0", `, true},
	} {
		edit(t, project, edited.was, edited.becomes)
		if edited.locks {
			lockShape(t, env.CLI(), dir)
		}
		trace := env.CLI().MustBuild(t, dir).Trace
		require.Len(t, trace.Named("install 3 packages"), 1, edited.name)
		require.Empty(t, trace.Named("install 3 packages").Ran(), edited.name)
		if !edited.locks {
			require.Empty(t, trace.Named("export the locked packages").Ran(), edited.name)
			require.Empty(t, trace.Named("check that uv.lock").Ran(), edited.name)
		}
	}
}

// TestStaleLock changes dependencies behind the lock's back. The check runs
// beside the installation, which takes the lock as it is.
func TestStaleLock(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "keyword")
	project := filepath.Join(dir, "pyproject.toml")
	edit(t, project, `dependencies = ["six==1.17.0"]`, `dependencies = ["six==1.17.0", "idna"]`)
	for _, door := range env.Doors() {
		result := door.Build(t, dir)
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, "pyproject.toml:5: uv.lock was not made for \"idna\" in the dependencies of keyword: refresh it with `uv lock`, or without uv by `")
		require.Contains(t, result.Stderr, "`; `lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is")
		require.Len(t, result.Trace.Named("install 1 package"), 1, "the installation waited for the check")
	}

	edit(t, project, "[tool.uvlambda]", "[tool.uvlambda]\nlock = \"unchecked\"")
	ref := newReference(t)
	env.CLI().MustBuild(t, dir, "-t", ref, "--push")
	require.Equal(t, []string{"six-1.17.0"}, distributions(taskRoot(t, pull(t, ref))))

	edit(t, project, "lock = \"unchecked\"", "lock = \"checked\"")
	lockShape(t, env.CLI(), dir)
	env.CLI().MustBuild(t, dir, "-t", ref, "--push")
	require.Equal(t, []string{"idna-3.20", "six-1.17.0"}, distributions(taskRoot(t, pull(t, ref))))
}

// TestIgnoredLock says that the lock is there, and what hides it.
func TestIgnoredLock(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "keyword")
	writeFile(t, filepath.Join(dir, ".dockerignore"), ".venv\n*.lock\n")
	for _, door := range env.Doors() {
		result := door.Build(t, dir)
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, `.dockerignore:2: "*.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock`)
	}
}

// TestImageWithoutUV has the line that names the image, whichever step finds out.
func TestImageWithoutUV(t *testing.T) {
	t.Parallel()
	for _, lock := range []string{"checked", "unchecked"} {
		dir := lockedShape(t, "keyword")
		edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]", "[tool.uvlambda]\nlock = \""+lock+"\"\nuv = \""+standin.Python313+"\"")
		for _, door := range env.Doors() {
			for _, target := range []string{"image", "zip", "lock"} {
				result := door.Build(t, dir, "--target", target, "--output", "type=cacheonly")
				require.Error(t, result.Err)
				require.Contains(t, result.Stderr, "pyproject.toml:12: the image "+standin.Python313+" has no uv: name an image that holds the binary at /uv, or a version of uv\n", target)
			}
		}
	}
}
