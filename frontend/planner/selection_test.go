package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// shop is a workspace with two members, of which a build file is to choose.
func shop(root string) map[string]string {
	return map[string]string{
		"pyproject.toml": root,
		"uv.lock": `version = 1

[[package]]
name = "orders"
source = { virtual = "orders" }

[[package]]
name = "receipts"
source = { virtual = "receipts" }

[[package]]
name = "shop"
source = { virtual = "." }
`,
		"orders/pyproject.toml": "[project]\nname = 'orders'\n",
	}
}

func TestSelectionErrors(t *testing.T) {
	t.Parallel()
	const lockCommand = "`uvlambda build --target lock -o . .`"
	nameless := "[tool.uv.workspace]\nmembers = ['orders', 'receipts']\n[tool.uvlambda]\n"
	named := "[project]\nname = 'shop'\n" + nameless
	checkMistakes(t, []mistake{
		{
			name:  "no lock",
			files: map[string]string{"uv.lock": ""},
			want:  "pyproject.toml:5: uv.lock is missing: write it with `uv lock`, or without uv by " + lockCommand,
		},
		{
			name:  "no project",
			files: map[string]string{"pyproject.toml": "[tool.uvlambda]\n"},
			want:  "pyproject.toml:1: there is no [project] table, so there is nothing to build: add one, as `uv init` writes it",
		},
		{
			name:   "build file without a project",
			client: client{file: "uvlambda.toml"},
			files:  map[string]string{"pyproject.toml": "", "uvlambda.toml": "handler = 'app.handler'\n"},
			want:   "uvlambda.toml:1: there is no pyproject.toml in the context's root: use -f with the project's own, or put one there",
		},
		{
			name:   "build file beside no project of a workspace",
			client: client{file: "deploy/uvlambda.toml"},
			files:  map[string]string{"deploy/uvlambda.toml": "handler = 'app.handler'\n"},
			want:   "deploy/uvlambda.toml:1: there is no pyproject.toml beside deploy/uvlambda.toml: put it into the project's folder",
		},
		{
			name:  "workspace root without a project",
			files: shop(nameless),
			want: "pyproject.toml:3: this workspace root has no [project] table: say which member the function is with `package`: " +
				"orders, receipts, shop",
		},
		{
			name:  "workspace root without dependencies",
			files: shop(named),
			want: "pyproject.toml:5: this workspace root has no dependencies, so its image would be empty: " +
				"say which package the function is with `package`: orders, receipts, shop",
		},
		{
			name:  "package like another",
			files: shop(named + "package = 'order'\n"),
			want:  `pyproject.toml:6: package "order" is not in the workspace: did you mean "orders"?`,
		},
		{
			name:  "package like none",
			files: shop(named + "package = 'warehouse'\n"),
			want:  `pyproject.toml:6: package "warehouse" is not in the workspace: its packages are orders, receipts, shop`,
		},
		{
			name: "path dependency",
			files: map[string]string{
				"pyproject.toml":              named + "package = 'parts'\n",
				"uv.lock":                     shop("")["uv.lock"] + "\n[[package]]\nname = 'parts'\nsource = { directory = 'vendor/parts' }\n",
				"vendor/parts/pyproject.toml": "[project]\nname = 'parts'\n",
			},
			want: `pyproject.toml:6: package "parts" is a path dependency in vendor/parts and no member of the workspace, and uv exports members only: ` +
				"make it one, with \"vendor/parts\" among `members` of [tool.uv.workspace] and `parts = { workspace = true }` in [tool.uv.sources], and lock again, or " +
				"move this table to vendor/parts/pyproject.toml, lock that project with `uv lock --project vendor/parts`, and build with -f vendor/parts/pyproject.toml",
		},
		{
			name: "path dependencies are not offered",
			files: map[string]string{
				"pyproject.toml": named + "package = 'part'\n",
				"uv.lock":        shop("")["uv.lock"] + "\n[[package]]\nname = 'parts'\nsource = { directory = 'vendor/parts' }\n",
			},
			want: `pyproject.toml:6: package "part" is not in the workspace: its packages are orders, receipts, shop`,
		},
		{
			name:  "package without its folder",
			files: shop(named + "package = 'receipts'\n"),
			want:  `pyproject.toml:6: package "receipts" has no pyproject.toml in receipts, which uv.lock says it is in: restore it, or lock again`,
		},
		{
			name:  "project that was renamed after locking",
			files: map[string]string{"pyproject.toml": "[project]\nname = 'renamed'\n[tool.uvlambda]\n"},
			want: `pyproject.toml:1: uv.lock does not hold "renamed", so it is not up to date: refresh it with ` +
				"`uv lock`, or without uv by " + lockCommand,
		},
		{
			name:  "groups and extras that do not exist",
			files: keys("groups = [\n  'prod',\n]\nextras = ['fast']"),
			want: `pyproject.toml:9: group "prod" does not exist in package api: it has none; define it in pyproject.toml, or remove it here` + "\n" +
				`pyproject.toml:11: extra "fast" does not exist in package api: it has none; define it in pyproject.toml, or remove it here`,
		},
		{
			name: "groups and extras like others",
			files: map[string]string{"pyproject.toml": "[project]\nname = 'api'\n[project.optional-dependencies]\nquick = []\nslow = []\n" +
				"[dependency-groups]\nproduction = []\n[tool.uvlambda]\ngroups = ['productions']\nextras = ['debugging']\n"},
			want: `pyproject.toml:9: group "productions" does not exist in package api: did you mean "production"?` + "\n" +
				`pyproject.toml:10: extra "debugging" does not exist in package api: its extras are quick, slow`,
		},
		{
			name:  "group that is newer than the lock",
			files: map[string]string{"pyproject.toml": "[project]\nname = 'api'\n[dependency-groups]\nprod = []\n[tool.uvlambda]\ngroups = ['prod']\n"},
			want:  `pyproject.toml:6: package "api" has no dependency group "prod": it has none`,
		},
		{
			name: "extras that exclude one another",
			files: map[string]string{
				"pyproject.toml": "[project]\nname = 'api'\n[project.optional-dependencies]\ncpu = []\ngpu = []\n[tool.uvlambda]\nextras = ['cpu', 'gpu']\n",
				"uv.lock": "version = 1\nconflicts = [[\n{ package = 'api', extra = 'cpu' },\n{ package = 'api', extra = 'gpu' },\n]]\n" +
					"[[package]]\nname = 'api'\nsource = { virtual = '.' }\n[package.metadata]\nprovides-extras = ['cpu', 'gpu']\n",
			},
			want: `pyproject.toml:7: extra "cpu" and extra "gpu" of package "api" exclude one another by [tool.uv] conflicts: choose one`,
		},
		{
			name:  "lock with a hole",
			files: map[string]string{"uv.lock": baseLock + "dependencies = [{ name = 'gone' }]\n"},
			want:  "uv.lock:5: api depends on gone, which the lock does not have for this target: write it again with `uv lock`",
		},
		{
			name:  "lock with a malformed marker",
			files: map[string]string{"uv.lock": baseLock + "dependencies = [{ name = 'gone', marker = 'moon == \"full\"' }]\n"},
			want:  "uv.lock:5: evaluating the marker \"moon == \\\"full\\\"\": unknown variable moon: write the lock again with `uv lock`",
		},
		{
			name: "lock for other systems",
			files: map[string]string{
				"pyproject.toml": baseProject + "[tool.uvlambda]\n[tool.uv]\nenvironments = [\"sys_platform == 'darwin'\"]\n",
				"uv.lock":        "version = 1\nsupported-markers = [\"sys_platform == 'darwin'\"]\n" + baseLock[len("version = 1\n"):],
			},
			want: "pyproject.toml:9: [tool.uv] environments leaves out linux/amd64 with Python 3.14: " +
				`add "sys_platform == 'linux'" to it and lock again`,
		},
		{
			name:  "lock for malformed systems",
			files: map[string]string{"uv.lock": "version = 1\nsupported-markers = ['x']\n" + baseLock[len("version = 1\n"):]},
			want:  "uv.lock:2: supported-markers: reading the marker \"x\": expected a comparison before \"\": write the lock again with `uv lock`",
		},
	})
}

// A workspace without members, or with dependencies, is a project like any other.
func TestRootsOfWorkspaces(t *testing.T) {
	t.Parallel()
	const table = "[tool.uv.workspace]\nmembers = ['none/*']\n"
	alone := base()
	alone["pyproject.toml"] += table
	p, err := newPlan(contextOf(alone), client{})
	require.NoError(t, err)
	assert.Equal(t, "api", p.Project)
	asking := change(map[string]string{"pyproject.toml": asking("library") + "[tool.uvlambda]\n[tool.uv.workspace]\nmembers = ['library']\n", "uv.lock": locked("library", "source = { editable = 'library' }"), "library/pyproject.toml": libraryProject})
	p, err = newPlan(contextOf(asking), client{})
	require.NoError(t, err)
	assert.Len(t, plan.All[plan.Member](p), 1)
}

// A member that is built alone, as its own context, has no lock and never will: what
// to run depends on whether the client can take another context.
func TestMembersWithoutTheirWorkspace(t *testing.T) {
	t.Parallel()
	const own, sources = "[project]\nname = 'api'\n[tool.uvlambda]\nhandler = 'app.handler'\n", "[tool.uv.sources]\nx = { path = 'x' }\nlibrary = { workspace = true }\n"
	const typed = "docker buildx build -f pyproject.toml"
	const inRoot = "pyproject.toml:7: library comes from a workspace, whose root is not in the build context: run `docker buildx build -f PATH-OF-THE-MEMBER/pyproject.toml .` in the workspace's root"
	const inMembers = "pyproject.toml:7: library comes from a workspace, and no workspace above has this project as a member: add its folder to `members` in [tool.uv.workspace] of the root's pyproject.toml"
	const lockCommand = typed + " --target lock -o . .`"
	for name, tt := range map[string]struct {
		pyproject, context string
		output             plan.Output
		want               string
	}{
		"context that is fixed":               {own + sources, "", plan.OutputImage, inRoot},
		"context that is fixed, for a lock":   {own + sources, "", plan.OutputLock, inRoot},
		"context that can be another":         {own + sources, ".", plan.OutputImage, inMembers},
		"without sources":                     {own, "", plan.OutputImage, "pyproject.toml:1: uv.lock is missing: write it with `uv lock`, or without uv by `" + lockCommand + "; for a member of a workspace run `docker buildx build -f PATH-OF-THE-MEMBER/pyproject.toml .` in the workspace's root instead"},
		"without sources, any context":        {own, ".", plan.OutputImage, "pyproject.toml:1: uv.lock is missing: write it with `uv lock`, or without uv by `" + lockCommand},
		"root of a workspace":                 {own + sources + "[tool.uv.workspace]\nmembers = ['*']\n", "", plan.OutputImage, "pyproject.toml:1: uv.lock is missing: write it with `uv lock`, or without uv by `" + lockCommand},
		"root of a workspace, without a lock": {own + sources + "[tool.uv.workspace]\nmembers = ['*']\n", "", plan.OutputLock, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := newInput(contextOf(change(map[string]string{"pyproject.toml": tt.pyproject, "uv.lock": ""})), client{})
			require.NoError(t, err)
			in.Output, in.BuildCommand, in.BuildContext = tt.output, typed, tt.context
			_, err = planner.Decide(in)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
	in, err := newInput(contextOf(map[string]string{"svc/pyproject.toml": own}), client{file: "svc/pyproject.toml"})
	require.NoError(t, err)
	in.BuildContext = ""
	_, err = planner.Decide(in)
	require.EqualError(t, err, "svc/pyproject.toml:1: svc/uv.lock is missing: write it with `uv lock`, or without uv by `uvlambda build --target lock -o . .`", "the context is no member's folder")
	in.BuildContext = "../repository"
	assert.Equal(t, "uvlambda build --target lock -o ../repository ../repository", in.LockCommand())
}
