package dev

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// planned are plans with every kind of step that reads the context.
func planned() []plan.Plan {
	p := plan.Plan{}
	p.AddExport(&plan.Export{Files: []string{"services/api/pyproject.toml", "other.toml"}}, plan.Location{})
	p.AddMember(&plan.Member{
		Name: "models", Path: "packages/models", Exclude: []string{"**/*.pyc", "tests"},
		Beside:  []plan.Folder{{Path: "plugin", Exclude: []string{"tests"}}, {Path: "packages/.hgignore"}},
		Written: []plan.File{{Path: ".gitignore", Content: "x"}},
	}, nil, plan.Location{})
	p.AddLockCheck(&plan.LockCheck{
		Files:      []string{"pyproject.toml", "uv.lock", "services/api/pyproject.toml"},
		LocalFiles: []string{"vendor/lib.whl"},
		Builds:     []plan.Folder{{Path: "dynamic", Exclude: []string{"build"}}},
		Beside:     []plan.Folder{{Path: "requirements"}},
	}, nil, plan.Location{})
	p.AddTest(&plan.Test{Events: []plan.Event{{Path: "events/a.json", Response: "events/a.response.json"}, {Path: "events/b.json"}}}, plan.Location{})
	return append([]plan.Plan{p}, copying(
		plan.Copy{From: "services/api/app", To: "app", Exclude: []string{"**/__pycache__", "**/*.pyc"}},
		plan.Copy{From: "data.json", To: "data.json"},
	)...)
}

// copying is a plan that copies an application.
func copying(copies ...plan.Copy) []plan.Plan {
	p := plan.Plan{}
	p.AddApp(&plan.App{Copies: copies}, plan.Location{})
	return []plan.Plan{p}
}

// project makes a folder with files.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		file := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	return folder
}

// TestInputs asks for paths of a planned build.
func TestInputs(t *testing.T) {
	t.Parallel()
	folder := project(t, map[string]string{".dockerignore": "**/*.log\nservices/api/app/big\n!services/api/app/kept.log\n"})
	in, err := ReadInputs(folder, "services/api/pyproject.toml", planned())
	require.NoError(t, err)
	tests := map[string]bool{
		"services/api/pyproject.toml":              true,
		"services/api/pyproject.toml.dockerignore": true,
		".dockerignore":                            true,
		"uv.lock":                                  true,
		"services/api/.python-version":             true,
		".python-version":                          true,
		"vendor/lib.whl":                           true,
		"vendor/other.whl":                         false,
		"dynamic/setup.py":                         true,
		"dynamic/build/x":                          false,
		"other.toml":                               true,
		"packages/models":                          true,
		"packages/models/src/m.py":                 true,
		"packages/models/tests/t.py":               false,
		"packages/models/src/tests.py":             true,
		"packages/models/src/m.pyc":                false,
		"packages/models2/m.py":                    false,
		"requirements/base.txt":                    true,
		"plugin/hooks.py":                          true,
		"plugin/tests/t.py":                        false,
		"packages/.hgignore":                       true,
		".gitignore":                               true,
		"models/.gitignore":                        false,
		"packages":                                 true,
		"services/api/app/main.py":                 true,
		"services/api/app/new/x.html":              true,
		"services/api/app/debug.log":               false,
		"services/api/app/kept.log":                true,
		"services/api/app/big/file":                false,
		"services/api/app/__pycache__":             false,
		"services/api/README.md":                   false,
		"services/web/app/main.py":                 false,
		"data.json":                                true,
		"events/a.json":                            true,
		"events/a.response.json":                   true,
		"events/b.json":                            true,
		"events/c.json":                            false,
		"README.md":                                false,
		".git/index":                               false,
	}
	for name, want := range tests {
		got, err := in.Contain(name)
		require.NoError(t, err)
		assert.Equal(t, want, got, name)
	}
}

func TestInputsOfTheWholeContext(t *testing.T) {
	t.Parallel()
	in, err := ReadInputs(project(t, nil), "pyproject.toml", copying(plan.Copy{From: ".", To: ".", Exclude: []string{"tests"}}))
	require.NoError(t, err)
	for name, want := range map[string]bool{"a.py": true, "b/c.py": true, "tests/t.py": false, ".": true} {
		got, err := in.Contain(name)
		require.NoError(t, err)
		assert.Equal(t, want, got, name)
	}
}

// The ignore file of the build file's own counts alone.
func TestInputsOfOwnIgnoreFile(t *testing.T) {
	t.Parallel()
	folder := project(t, map[string]string{".dockerignore": "app\n", "pyproject.toml.dockerignore": "lib\n"})
	plans := copying(plan.Copy{From: ".", To: "."})
	in, err := ReadInputs(folder, "pyproject.toml", plans)
	require.NoError(t, err)
	for name, want := range map[string]bool{"app/a.py": true, "lib/b.py": false} {
		got, err := in.Contain(name)
		require.NoError(t, err)
		assert.Equal(t, want, got, name)
	}
}

// Without a plan, and with ignore patterns that can't be read, the mistake may
// be anywhere.
func TestInputsWithoutPlan(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ignore string
		plans  []plan.Plan
		log    bool
	}{
		"no plan":        {"*.log\n", nil, false},
		"broken pattern": {"[\n*.log\n", planned(), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := ReadInputs(project(t, map[string]string{".dockerignore": test.ignore}), "pyproject.toml", test.plans)
			require.NoError(t, err)
			for name, want := range map[string]bool{
				"any/where.py": true, "x.log": test.log, ".python-version": true,
				".venv/lib/a.py": false, ".git/index": false, "web/node_modules/a.js": false, "app/__pycache__/a.pyc": false,
			} {
				got, err := in.Contain(name)
				require.NoError(t, err)
				assert.Equal(t, want, got, name)
			}
		})
	}
}
