package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	initProject = "[project]\nname = 'hello'\nversion = '0.1.0'\n"
	initTable   = "\n[tool.uvlambda]\nhandler = \"main.handler\"\n"
)

// architectureLine is the line of the table for this machine.
var architectureLine = "architecture = \"" + machineArchitecture() + "\""

func TestInit(t *testing.T) {
	t.Parallel()
	dir := writeProject(t, map[string]string{
		"pyproject.toml": initProject,
		"main.py":        "def handler(event, context): ...\n",
		"Dockerfile":     "FROM public.ecr.aws/lambda/python:3.13\nRUN dnf install -y gcc\nRUN make docs\nCMD [\"main.handler\"]\n",
	})
	file := filepath.Join(dir, "pyproject.toml")
	out, err := run(t, "init", "--syntax", "registry.example.com/uvlambda:1", dir)
	require.NoError(t, err)
	assert.Equal(t, strings.NewReplacer("DIR", dir, "ARCHITECTURE", architectureLine).Replace(`wrote DIR/base.Dockerfile
wrote DIR/pyproject.toml
  handler = "main.handler"
  python = "3.13"
  base = { dockerfile = "base.Dockerfile" }
  ARCHITECTURE
wrote DIR/.dockerignore

Not taken over from DIR/Dockerfile:
  line 3: RUN make docs
    only what uv installs, and what changes the system, is carried over: do the rest in a base image, and name that with `+"`base`"+`

Next:
  uvlambda build --target lock -o DIR DIR
  uvlambda build -t hello --load DIR
  uvlambda invoke hello
`), out)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "# syntax=registry.example.com/uvlambda:1\n"+initProject+initTable+"python = \"3.13\"\nbase = { dockerfile = \"base.Dockerfile\" }\n"+architectureLine+"\n", string(data))

	out, err = run(t, "init", dir)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(out, "Nothing to change: all is in place.\n\nNext:\n"), out)
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
}

func TestInitDryRun(t *testing.T) {
	t.Parallel()
	dir := writeProject(t, map[string]string{"pyproject.toml": initProject, ".dockerignore": "", "uv.lock": ""})
	out, err := run(t, "init", "--dry-run", "--handler", "main.handler", dir)
	require.NoError(t, err)
	assert.Equal(t, strings.NewReplacer("DIR", dir, "ARCHITECTURE", architectureLine).Replace(`--- /dev/null
+++ DIR/main.py
@@ -0,0 +1,2 @@
+def handler(event, context):
+    return {"statusCode": 200, "body": "Hello from hello!"}
--- DIR/pyproject.toml
+++ DIR/pyproject.toml
@@ -1,3 +1,7 @@
 [project]
 name = 'hello'
 version = '0.1.0'
+
+[tool.uvlambda]
+handler = "main.handler"
+ARCHITECTURE

For docker buildx build, the first line has to name the published frontend:
uvlambda init --syntax IMAGE adds it.

Next:
  uvlambda build -t hello --load DIR
  uvlambda invoke hello
`), out)
	_, err = os.Stat(filepath.Join(dir, "main.py"))
	require.ErrorIs(t, err, os.ErrNotExist)
	requireBuildFile(t, dir, initProject)
}

func TestInitReplacesByForceOnly(t *testing.T) {
	t.Parallel()
	text := initProject + "[tool.uvlambda]\nhandler = 'other.run' # ours\n"
	dir := writeProject(t, map[string]string{"pyproject.toml": text, "main.py": "handler = 1\n"})
	_, err := run(t, "init", "--handler", "main.handler", dir)
	require.EqualError(t, err, filepath.Join(dir, "pyproject.toml")+`:5: handler = 'other.run' would be replaced by handler = "main.handler": use --force to replace`)
	requireBuildFile(t, dir, text)
	_, err = os.Stat(filepath.Join(dir, ".dockerignore"))
	require.ErrorIs(t, err, os.ErrNotExist)

	_, err = run(t, "init", "--handler", "main.handler", "--force", dir)
	require.NoError(t, err)
	requireBuildFile(t, dir, initProject+"[tool.uvlambda]\nhandler = \"main.handler\" # ours\n")
}

// Several functions are each built by name.
func TestInitOfSeveral(t *testing.T) {
	t.Parallel()
	dir := writeProject(t, map[string]string{
		"pyproject.toml": initProject, ".dockerignore": "", "uv.lock": "",
		"orders.py": "def handler(event, context): ...\n", "receipts.py": "def handler(event, context): ...\n",
	})
	out, err := run(t, "init", "--syntax", "registry.example.com/uvlambda:1", dir)
	require.NoError(t, err)
	assert.Equal(t, strings.NewReplacer("DIR", dir, "ARCHITECTURE", architectureLine).Replace(`wrote DIR/pyproject.toml
  ARCHITECTURE
  [tool.uvlambda.functions.orders] handler = "orders.handler"
  [tool.uvlambda.functions.receipts] handler = "receipts.handler"

Next:
  uvlambda build --target orders -t orders --load DIR
  uvlambda invoke orders
`), out)
}

// What a written handler needs and the project lacks is added first, and uv
// then writes the lock.
func TestInitOfAnASGIApplication(t *testing.T) {
	t.Parallel()
	dir := writeProject(t, map[string]string{"pyproject.toml": initProject, "main.py": "from fastapi import FastAPI\napp = FastAPI()\n"})
	out, err := run(t, "init", "--syntax", "registry.example.com/uvlambda:1", dir)
	require.NoError(t, err)
	assert.Contains(t, out, "wrote "+dir+"/lambda_function.py\n")
	assert.Contains(t, out, strings.NewReplacer("DIR", dir).Replace(`
main.py has the FastAPI application app and no handler: lambda_function.py adapts it, with Mangum.

Next:
  uv add --project DIR mangum
  uvlambda build -t hello --load DIR
  uvlambda invoke hello
`))
}

func requireBuildFile(t *testing.T, dir, want string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "pyproject.toml"))
	require.NoError(t, err)
	require.Equal(t, want, string(data))
}
