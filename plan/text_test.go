package plan

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWriteText(t *testing.T) {
	t.Parallel()
	image := Plan{
		Project:  "api",
		Output:   OutputImage,
		Platform: "linux/arm64",
		Python:   Python{Version: "3.13", Reason: "requires-python >=3.13"},
		Base:     Image{Ref: "registry.example.com/lambda/python:3.13"},
		UV:       Image{Ref: "registry.example.com/uv:0.9.26"},
		LockCheck: &LockCheck{Root: ".", Files: []string{
			"a/pyproject.toml", "b/pyproject.toml", "c/pyproject.toml", "pyproject.toml", "uv.lock",
		}},
		Export:       &Export{Root: ".", Files: []string{"pyproject.toml", "uv.lock"}},
		Dependencies: &Dependencies{Packages: 12, Settings: "no-build = true\n"},
		Members:      []Member{{Name: "library", Path: "library"}, {Name: "vendored", Path: "vendored-1.whl", Archive: true}},
		App:          &App{Copies: []Copy{{From: "src/app", To: "app"}}},
		Config:       &Config{Cmd: []string{"app.main.handler"}, Env: map[string]string{"B": "2", "A": "1"}},
		Warnings:     []Warning{{Message: "read this", Source: Location{File: "pyproject.toml", Line: 7}}},
	}
	lock := Plan{
		Project:  "api",
		Output:   OutputLock,
		Platform: "linux/amd64",
		Python:   Python{Version: "3.12", Reason: ".python-version"},
		Base:     Image{Ref: "base"},
		UV:       Image{Ref: "uv"},
		Lock:     &Lock{Root: "."},
	}
	function := lock
	function.Function, function.Output, function.Lock = "orders", OutputZip, nil
	function.Archive = &Archive{Name: "orders", Facts: Facts{Handler: "orders.handler"}}
	tests := map[string]struct {
		plan Plan
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
			require.NoError(t, test.plan.WriteText(&text, 0))
			assert.Equal(t, strings.Join(test.want, "\n"), text.String())
		})
	}
}

func TestWriteTextFailure(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	err := Plan{}.WriteText(failing{full}, 0)
	assert.EqualError(t, err, "writing the plan: no space left")
	assert.ErrorIs(t, err, full)
}

func TestWriteTextOfAPatchRelease(t *testing.T) {
	t.Parallel()
	for want, python := range map[string]Python{
		"Python  3.13 (python)":                              {Version: "3.13", Reason: "python"},
		"Python  3.13.5 (python)":                            {Version: "3.13", FullVersion: "3.13.5", Reason: "python"},
		"Python  3.13, taken to be 3.13.1 (.python-version)": {Version: "3.13", FullVersion: "3.13.1", Assumed: true, Reason: ".python-version"},
	} {
		var text strings.Builder
		require.NoError(t, Plan{Output: OutputDir, Python: python}.WriteText(&text, 0))
		assert.Contains(t, text.String(), want+"\n")
	}
}

// failing is a writer that is always full.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestWriteTextOfATest(t *testing.T) {
	t.Parallel()
	const settings = "the base image, handler, env, test.network or test.timeout changes"
	events := []Event{{Path: "a.json"}, {Path: "b.json", Response: "b.response.json"}}
	tests := map[string]struct {
		test Test
		want string
	}{
		"start only": {Test{}, "start the function  " + settings},
		"events":     {Test{Events: events}, "send the function 2 events  a.json, b.json, b.response.json, " + settings},
		"one event":  {Test{Events: events[:1]}, "send the function 1 event  a.json, " + settings},
		"skipped":    {Test{Events: events, Skip: "no ARM here"}, "send the function 2 events  never: no ARM here"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			require.NoError(t, Plan{Output: OutputTest, Base: Image{Ref: "base"}, Test: &test.test}.WriteText(&text, 0))
			assert.Contains(t, text.String(), test.want+"\n")
		})
	}
}
