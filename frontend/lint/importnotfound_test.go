package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestImportNotFound(t *testing.T) {
	t.Parallel()
	nowhere := []string{"app.py:1: nowhere is imported here and is not in the function: " +
		"add the package that has it to the dependencies, or copy the file with `include`"}
	for module, want := range map[string][]string{
		"import nowhere":                                     nowhere,
		"from nowhere.sub import name":                       nowhere,
		"class C:\n    import nowhere":                       {"app.py:2" + nowhere[0][len("app.py:1"):]},
		"import os, asyncio.tasks, _thread, tomllib":         nil,
		"import boto3, botocore.client":                      nil,
		"from . import nowhere":                              nil,
		"def f():\n    import nowhere":                       nil,
		"if x: import nowhere":                               nil,
		"try: import nowhere\nexcept ImportError: pass":      nil,
		"import sys\nsys.path.append('lib')\nimport nowhere": nil,
	} {
		e := table(`handler = "app.handler"`, "-- app.py --\n"+module+"\ndef handler(event, context): ...\n")
		assert.Equal(t, want, messages(t, e), module)
	}
}

// What may have the module is not known before a build.
func TestImportNotFoundMaybe(t *testing.T) {
	t.Parallel()
	const module = "-- app.py --\nimport nowhere\ndef handler(event, context): ...\n"
	_, locked, _ := strings.Cut(minimal, "-- uv.lock --")
	lock := "-- uv.lock --" + strings.Replace(locked, "virtual", "editable", 1)
	packaged := "-- pyproject.toml --\n" + minimalProject + "[build-system]\nrequires = [\"uv_build\"]\n[tool.uvlambda]\nhandler = \"app.handler\"\n"
	assert.Empty(t, messages(t, lint.Example{Files: packaged + lock + module}))
	assert.Empty(t, messages(t, table("handler = \"app.handler\"\nbase = \"registry.example.com/base:1\"", module)))
}
