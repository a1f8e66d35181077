package draw

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

func TestText(t *testing.T) {
	t.Parallel()
	image := &plan.Plan{
		Project:  "api",
		Output:   plan.OutputImage,
		Platform: "linux/arm64",
		Python:   plan.Python{Version: "3.13", Reason: "requires-python >=3.13"},
		Base:     plan.Image{Ref: "registry.example.com/lambda/python:3.13"},
		UV:       plan.Image{Ref: "registry.example.com/uv:0.9.26"},
		Config:   &plan.Config{Cmd: []string{"app.main.handler"}, Env: map[string]string{"B": "2", "A": "1"}},
		Warnings: []plan.Warning{{Message: "read this", Source: plan.Location{File: "pyproject.toml", Line: 7}}},
	}
	var at plan.Location
	image.AddExport(&plan.Export{Root: ".", Files: []string{"pyproject.toml", "uv.lock"}}, at)
	image.AddDependencies(&plan.Dependencies{Packages: 12, Install: plan.Install{Settings: "no-build = true\n"}}, nil, at)
	image.AddMember(&plan.Member{Name: "library", Path: "library"}, nil, at)
	image.AddMember(&plan.Member{Name: "vendored", Path: "vendored-1.whl", IsFile: true}, nil, at)
	image.AddApp(&plan.App{Copies: []plan.Copy{{From: "src/app", To: "app"}}}, at)
	image.AddLockCheck(&plan.LockCheck{Root: ".", Files: []string{
		"a/pyproject.toml", "b/pyproject.toml", "c/pyproject.toml", "pyproject.toml", "uv.lock",
	}}, nil, at)
	image.AddImage()
	lock := &plan.Plan{
		Project:  "api",
		Output:   plan.OutputLock,
		Platform: "linux/amd64",
		Python:   plan.Python{Version: "3.12", Reason: ".python-version"},
		Base:     plan.Image{Ref: "base"},
		UV:       plan.Image{Ref: "uv"},
	}
	other := *lock
	function := &other
	function.Function, function.Output = "orders", plan.OutputZip
	lock.AddLock(&plan.Lock{Root: "."}, nil, at)
	function.AddArchive(&plan.Archive{Name: "orders", Facts: plan.Facts{Handler: "orders.handler"}}, at)
	tests := map[string]struct {
		plan *plan.Plan
		want []string
	}{
		"image": {image, []string{
			"api: image for linux/arm64",
			"",
			"Python       3.13 (requires-python >=3.13)",
			"Base         registry.example.com/lambda/python:3.13",
			"uv           registry.example.com/uv:0.9.26",
			"Handler      app.main.handler",
			"Environment  A=1",
			"Environment  B=2",
			"",
			"Step                              Runs again when",
			"export uv.lock                    pyproject.toml, uv.lock, uv, package, groups or extras changes",
			"install 12 packages               the exported list, Python, the base image, uv, an install setting of [tool.uv], compile-bytecode or slim changes",
			"build and install library         library, Python, the base image, uv, an install setting of [tool.uv] or compile-bytecode changes",
			"install vendored                  vendored-1.whl, Python, the base image, uv, an install setting of [tool.uv] or compile-bytecode changes",
			"copy src/app to /var/task/app     src/app, include or exclude changes",
			"check that uv.lock is up to date  a/pyproject.toml, b/pyproject.toml, c/pyproject.toml, 2 more files, Python, the base image or uv changes",
			"assemble the image                what the steps above make or the base image changes",
			"",
			"Warning: pyproject.toml:7: read this",
			"",
		}},
		"function": {function, []string{
			"api orders: zip for linux/amd64",
			"",
			"Python  3.12 (.python-version)",
			"Base    base",
			"uv      uv",
			"",
			"Step              Runs again when",
			"write orders.zip  handler, Python or the base image changes",
			"",
		}},
		"lock": {lock, []string{
			"api: lock for linux/amd64",
			"",
			"Python  3.12 (.python-version)",
			"Base    base",
			"uv      uv",
			"",
			"Step             Runs again when",
			"resolve uv.lock  always",
			"",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			require.NoError(t, Text(&text, test.plan, 0))
			assert.Equal(t, strings.Join(test.want, "\n"), text.String())
		})
	}
}

func TestTextFailure(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	err := Text(failing{full}, &plan.Plan{}, 0)
	require.EqualError(t, err, "writing the plan: no space left")
	assert.ErrorIs(t, err, full)
}

func TestTextOfAPatchRelease(t *testing.T) {
	t.Parallel()
	for want, python := range map[string]plan.Python{
		"Python  3.13 (python)":                              {Version: "3.13", Reason: "python"},
		"Python  3.13.5 (python)":                            {Version: "3.13", FullVersion: "3.13.5", Reason: "python"},
		"Python  3.13, taken to be 3.13.1 (.python-version)": {Version: "3.13", FullVersion: "3.13.1", Assumed: true, Reason: ".python-version"},
	} {
		var text strings.Builder
		require.NoError(t, Text(&text, &plan.Plan{Output: plan.OutputDir, Python: python}, 0))
		assert.Contains(t, text.String(), want+"\n")
	}
}

// failing is a writer that is always full.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestTextOfATest(t *testing.T) {
	t.Parallel()
	const settings = "the base image, handler, env, test.network or test.timeout changes"
	events := []plan.Event{{Path: "a.json"}, {Path: "b.json", Response: "b.response.json"}}
	tests := map[string]struct {
		test plan.Test
		want string
	}{
		"start only": {plan.Test{}, "start the function  " + settings},
		"events":     {plan.Test{Events: events}, "send the function 2 events  a.json, b.json, b.response.json, " + settings},
		"one event":  {plan.Test{Events: events[:1]}, "send the function 1 event  a.json, " + settings},
		"skipped":    {plan.Test{Events: events, Skip: "no ARM here"}, "send the function 2 events  never: no ARM here"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			p := &plan.Plan{Output: plan.OutputTest, Base: plan.Image{Ref: "base"}}
			p.AddTest(&test.test, plan.Location{})
			require.NoError(t, Text(&text, p, 0))
			assert.Contains(t, text.String(), test.want+"\n")
		})
	}
}
