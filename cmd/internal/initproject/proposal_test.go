package initproject

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const freshProject = "[project]\nname = \"Orders.API\"\nversion = \"0.1.0\"\ndependencies = []\n"

// newProject writes files to a folder.
func newProject(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	return dir
}

// contents are what a proposal would write, by path below a folder.
func contents(t *testing.T, p *Proposal, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, file := range p.Files {
		rel, err := filepath.Rel(dir, file.Path)
		require.NoError(t, err)
		all[filepath.ToSlash(rel)] = string(file.New)
	}
	return all
}

func TestPropose(t *testing.T) {
	t.Parallel()
	const table = "\n[tool.uvlambda]\nhandler = \"app.main.handler\"\n"
	code := "handler = 1\n"
	tests := map[string]struct {
		files   map[string]string
		request Request
		want    map[string]string
		remarks []string
	}{
		"fresh": {
			files: map[string]string{"pyproject.toml": freshProject, "app/main.py": code},
			want:  map[string]string{"pyproject.toml": freshProject + table, ".dockerignore": ignored},
		},
		"with a first line": {
			files:   map[string]string{"pyproject.toml": freshProject, "app/main.py": code, ".dockerignore": "x\n"},
			request: Request{Syntax: "registry.example.com/uvlambda:1"},
			want:    map[string]string{"pyproject.toml": "# syntax=registry.example.com/uvlambda:1\n" + freshProject + table},
		},
		"named handler, written": {
			files:   map[string]string{"pyproject.toml": freshProject, ".dockerignore": ""},
			request: Request{Handler: "app.main.handler"},
			want: map[string]string{
				"pyproject.toml": freshProject + table,
				"app/main.py":    "def handler(event, context):\n    return {\"statusCode\": 200, \"body\": \"Hello from Orders.API!\"}\n",
			},
		},
		"named handler, of a module that shows none": {
			files:   map[string]string{"pyproject.toml": freshProject, ".dockerignore": "", "app/main.py": "x = 1\n"},
			request: Request{Handler: "app.main.handler"},
			want:    map[string]string{"pyproject.toml": freshProject + table},
			remarks: []string{"No handler was seen in the module app.main: check that it is there."},
		},
		"all in place": {
			files: map[string]string{"pyproject.toml": freshProject + table, ".dockerignore": "", "Dockerfile": "FROM public.ecr.aws/lambda/python:3.12\n"},
			want:  map[string]string{},
		},
		"functions have their handlers": {
			files: map[string]string{"pyproject.toml": freshProject + "[tool.uvlambda.functions]\na.handler = 'a.b'\n", ".dockerignore": ""},
			want:  map[string]string{},
		},
		"table without a handler": {
			files: map[string]string{"pyproject.toml": freshProject + "[tool.uvlambda]\npython = '3.13'\n", ".dockerignore": "", "app/main.py": code},
			want:  map[string]string{"pyproject.toml": freshProject + "[tool.uvlambda]\npython = '3.13'\nhandler = \"app.main.handler\"\n"},
		},
		"Dockerfile beside": {
			files: map[string]string{"pyproject.toml": freshProject, ".dockerignore": "", "Dockerfile": lambda + "CMD [\"app.main.handler\"]\n"},
			want:  map[string]string{"pyproject.toml": freshProject + table + "python = \"3.13\"\n"},
		},
		"Dockerfile that names no handler": {
			files: map[string]string{"pyproject.toml": freshProject, ".dockerignore": "", "app/main.py": code, "Dockerfile": lambda},
			want:  map[string]string{"pyproject.toml": freshProject + table + "python = \"3.13\"\n"},
		},
		"Dockerfile of something else": {
			files:   map[string]string{"pyproject.toml": freshProject, ".dockerignore": "", "app/main.py": code, "Dockerfile": "FROM python:3.13\nCMD [\"x.y\"]\n"},
			want:    map[string]string{"pyproject.toml": freshProject + table},
			remarks: []string{"DIR/Dockerfile was not read, since it starts from python:3.13 and not from a Lambda base image: --from-dockerfile DIR/Dockerfile reads it."},
		},
		"Dockerfile that is named": {
			files: map[string]string{
				"pyproject.toml": freshProject + "[tool.uvlambda]\nhandler = 'app.main.handler'\n", ".dockerignore": "",
				"deploy/lambda.Dockerfile": "FROM registry.example.com/base:1\nCMD [\"app.main.handler\"]\n",
			},
			request: Request{Dockerfile: "deploy/lambda.Dockerfile"},
			want:    map[string]string{"pyproject.toml": freshProject + "[tool.uvlambda]\nhandler = 'app.main.handler'\nbase = \"registry.example.com/base:1\"\n"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newProject(t, test.files)
			test.request.Dir = dir
			if test.request.Dockerfile != "" {
				test.request.Dockerfile = filepath.Join(dir, test.request.Dockerfile)
			}
			p, err := Propose(test.request)
			require.NoError(t, err)
			assert.Equal(t, test.want, contents(t, p, dir))
			for i, remark := range test.remarks {
				test.remarks[i] = strings.ReplaceAll(remark, "DIR", dir)
			}
			assert.Equal(t, test.remarks, p.Remarks)
			assert.Empty(t, p.Replacements)
			require.NoError(t, p.Write())
			again, err := Propose(test.request)
			require.NoError(t, err)
			assert.Empty(t, again.Files, "a second run")
		})
	}
}

func TestProposeReplacements(t *testing.T) {
	t.Parallel()
	dir := newProject(t, map[string]string{
		"pyproject.toml": "# syntax=old:1\n" + freshProject + "[tool.uvlambda]\nhandler = 'a.b' # mine\npython = '3.12'\n",
		"c.py":           "d = 1\n",
		"Dockerfile":     lambda,
	})
	p, err := Propose(Request{Dir: dir, Handler: "c.d", Syntax: "new:1", Dockerfile: filepath.Join(dir, "Dockerfile")})
	require.NoError(t, err)
	file := filepath.Join(dir, "pyproject.toml")
	assert.Equal(t, []Replacement{
		{location(file, 1, 1), "# syntax=old:1", "# syntax=new:1"},
		{location(file, 7, 7), "handler = 'a.b'", `handler = "c.d"`},
		{location(file, 8, 8), "python = '3.12'", `python = "3.13"`},
	}, p.Replacements)
	assert.Equal(t, "# syntax=new:1\n"+freshProject+"[tool.uvlambda]\nhandler = \"c.d\" # mine\npython = \"3.13\"\n", contents(t, p, dir)["pyproject.toml"])
	assert.True(t, p.HasSyntax)
}

// A member is built from the root of its workspace, where .dockerignore counts.
func TestProposeForAMember(t *testing.T) {
	t.Parallel()
	dir := newProject(t, map[string]string{
		"pyproject.toml":                 "[project]\nname = 'shop'\n[tool.uv.workspace]\nmembers = ['services/*']\n",
		"uv.lock":                        "version = 1\n",
		"services/orders/pyproject.toml": freshProject,
		"services/orders/main.py":        lambdaCode,
	})
	member := filepath.Join(dir, "services", "orders")
	p, err := Propose(Request{Dir: member})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"services/orders/pyproject.toml": freshProject + "\n[tool.uvlambda]\nhandler = \"main.handler\"\n",
		".dockerignore":                  ignored,
	}, contents(t, p, dir))
	assert.Equal(t, []string{dir, filepath.Join(member, "pyproject.toml"), "orders-api"}, []string{p.Context, p.BuildFile, p.Name})
	assert.True(t, p.HasLock)

	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(member, link))
	p, err = Propose(Request{Dir: link})
	require.NoError(t, err)
	assert.Equal(t, dir, p.Context, "by a link from elsewhere")

	root, err := Propose(Request{Dir: dir, NewHandler: true})
	require.NoError(t, err)
	assert.Equal(t, []string{dir, "", "shop"}, []string{root.Context, root.BuildFile, root.Name})
}

func TestProposeErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files   map[string]string
		request Request
		want    string
	}{
		"no project":    {nil, Request{}, "there is no DIR/pyproject.toml: make the project first, with uv init DIR"},
		"not TOML":      {map[string]string{"pyproject.toml": "a ="}, Request{}, "DIR/pyproject.toml:1: malformed TOML: "},
		"mistake in it": {map[string]string{"pyproject.toml": freshProject + "[tool.uvlambda]\nhandlr = 'a.b'\n"}, Request{}, `DIR/pyproject.toml:6: unknown key "handlr" in [tool.uvlambda]: did you mean "handler"?`},
		"no table of a project": {map[string]string{"pyproject.toml": "[tool.x]\n"}, Request{},
			"DIR/pyproject.toml:1: there is no [project] table, so there is nothing to build: add one, as uv init writes it"},
		"root of a workspace": {map[string]string{"pyproject.toml": "[tool.uv.workspace]\nmembers = ['a', 'b/*']\n"}, Request{},
			"DIR/pyproject.toml:1: this workspace root has no [project] table: name the folder of the member that has the function: one of a, b/*"},
		"uvlambda.toml": {map[string]string{"pyproject.toml": freshProject, "uvlambda.toml": ""}, Request{},
			"DIR/uvlambda.toml has the settings already: build with -f DIR/uvlambda.toml, or move them to [tool.uvlambda] of pyproject.toml"},
		"no handler":    {map[string]string{"pyproject.toml": freshProject}, Request{}, "no handler was found: name it with --handler MODULE.FUNCTION, or write a minimal one to lambda_function.py with --new-handler"},
		"no Dockerfile": {map[string]string{"pyproject.toml": freshProject}, Request{Dockerfile: "DIR/x"}, "reading the Dockerfile: open DIR/x: no such file or directory: correct --from-dockerfile"},
		"handler":       {nil, Request{Handler: "app:handler"}, `--handler "app:handler" has a colon, where Lambda wants a dot: write "app.handler"`},
		"image":         {nil, Request{Syntax: "A B"}, `--syntax "A B" is not an image: invalid reference format`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newProject(t, test.files)
			test.request.Dir = dir
			test.request.Dockerfile = strings.ReplaceAll(test.request.Dockerfile, "DIR", dir)
			_, err := Propose(test.request)
			require.ErrorContains(t, err, strings.ReplaceAll(test.want, "DIR", dir))
		})
	}
}
