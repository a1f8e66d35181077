package eject_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/cmd/internal/eject"
	"github.com/uvlambda/uvlambda/plan"
)

// arm64 is a plan as it is for the other architecture.
func arm64(p plan.Plan) plan.Plan {
	p.Platform, p.Python.WheelPlatform = "linux/arm64", "aarch64-manylinux_2_34"
	return p
}

func TestPlatforms(t *testing.T) {
	t.Parallel()
	p := readPlan(t, "selection")
	both, err := eject.Render([]plan.Plan{arm64(p), p})
	require.NoError(t, err)
	assert.Contains(t, both, " for AWS Lambda, on linux/amd64 and linux/arm64:\n")
	assert.Contains(t, both, "AS installer-amd64\nENV PYTHON_PLATFORM=x86_64-manylinux_2_34\n")
	assert.Contains(t, both, "AS installer-arm64\nENV PYTHON_PLATFORM=aarch64-manylinux_2_34\n")
	assert.NotContains(t, both, "this Dockerfile is for")

	one, err := eject.Render([]plan.Plan{arm64(p)})
	require.NoError(t, err)
	assert.Contains(t, one, "#     docker buildx build --provenance=false --platform linux/arm64 -t ")
	assert.Contains(t, one, "AS installer-amd64\nRUN echo \"this Dockerfile is for linux/arm64: build with --platform linux/arm64\" >&2 && exit 1\n")
	assert.Contains(t, one, "AS installer-arm64\nENV PYTHON_PLATFORM=aarch64-manylinux_2_34\n")
}

// Wheels for a newer C library are left out of the list that is installed.
func TestGlibc(t *testing.T) {
	t.Parallel()
	p := readPlan(t, "selection")
	text, err := eject.Render([]plan.Plan{p})
	require.NoError(t, err)
	assert.NotContains(t, text, "glibc")
	plan.First[plan.Dependencies](&p).Glibc = 26
	text, err = eject.Render([]plan.Plan{p})
	require.NoError(t, err)
	assert.Contains(t, text, "minor = 26\n")
	assert.Contains(t, text, "\nglibc\nEOF\n", "the command stands behind the export")
}

// A plan that another patch release of Python could change names its own.
func TestPatchRelease(t *testing.T) {
	t.Parallel()
	p := readPlan(t, "selection")
	p.Python.FullVersion = "3.12.2"
	text, err := eject.Render([]plan.Plan{p})
	require.NoError(t, err)
	assert.Contains(t, text, "AS builder\n# The project tells patch releases of Python apart, and this file was written for that one.\n"+
		"RUN /var/lang/bin/python3.12 -c \"import sys; sys.exit(sys.version_info < (3, 12, 2) and 'this Dockerfile is for Python 3.12.2 or newer: write another one')\"\n")
}

// Counts and the test of a function may differ, since neither is written.
func TestPlatformsThatDiffer(t *testing.T) {
	t.Parallel()
	p := readPlan(t, "selection")
	other := arm64(readPlan(t, "selection"))
	dependencies := plan.First[plan.Dependencies](&other)
	dependencies.Packages++
	result := other.Steps[len(other.Steps)-1]
	other.Steps = other.Steps[:len(other.Steps)-1]
	other.AddTest(&plan.Test{Skip: "the builder runs no programs for linux/arm64"}, plan.Location{})
	result.Guards = append(result.Guards, string(plan.KindTest))
	other.Steps = append(other.Steps, result)
	_, err := eject.Render([]plan.Plan{p, other})
	require.NoError(t, err)

	dependencies.Args = append(slices.Clone(dependencies.Args), "--no-binary", "docopt")
	_, err = eject.Render([]plan.Plan{p, other})
	assert.ErrorContains(t, err, "what is built for linux/amd64 and for linux/arm64 differs in more than the wheels: make a Dockerfile for each, with --platform")
}

func TestErrors(t *testing.T) {
	t.Parallel()
	at := plan.Location{File: "pyproject.toml", Line: 7, EndLine: 7}
	copies := func(c plan.Copy) func(*plan.Plan) {
		c.To, c.Source = "x", at
		return func(p *plan.Plan) {
			p.Steps = p.Without(plan.KindApp, plan.KindImage).Steps
			p.AddApp(&plan.App{Copies: []plan.Copy{c}}, at)
			p.AddImage()
		}
	}
	tests := map[string]struct {
		plan   string
		change func(*plan.Plan)
		want   string
	}{
		"zip":   {"zip", nil, "a Dockerfile cannot pack the archive Greeting.Service.zip: use --target dir, and zip the folder that is built"},
		"layer": {"layer", nil, "a Dockerfile cannot pack the archive Greeting.Service-layer.zip: use --target dir, and zip the folder that is built"},
		"zip of a function": {"zip", func(p *plan.Plan) { p.Function = "orders" },
			"a Dockerfile cannot pack the archive Greeting.Service.zip: use --target orders/dir, and zip the folder that is built"},
		"test": {"single", func(p *plan.Plan) { p.Output = plan.OutputTest },
			"a Dockerfile cannot test the function: go on with `uvlambda build --target test`, and make one of the image"},
		"lock": {"lock", nil, "a Dockerfile builds from uv.lock and does not write it: `uv lock` does"},
		"value": {"single", func(p *plan.Plan) { p.Config.Env = map[string]string{"KEY": "a\nb"} },
			"KEY has a line break in its value, which a Dockerfile cannot hold: write the value in one line"},
		"label": {"single", func(p *plan.Plan) { p.Config.Labels = map[string]string{"a=b": "c"} },
			"the label \"a=b\" has a = or a line break in its name, which a Dockerfile cannot hold: give it another name"},
		"hidden member": {"workspace", func(p *plan.Plan) {
			plan.First[plan.LockCheck](p).Hidden = []plan.File{{Path: "other/pyproject.toml"}}
			p.Step(plan.KindLockCheck).Source = at
		}, "pyproject.toml:7: other/pyproject.toml is hidden by .dockerignore, which a Dockerfile cannot read past to check uv.lock: add the line !other/pyproject.toml at its end"},
		"pattern": {"single", copies(plan.Copy{From: "app", Exclude: []string{"*.größe"}}),
			"pyproject.toml:7: the pattern \"*.größe\" has letters that the --exclude of a Dockerfile cannot hold: write ? for each of them"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := readPlan(t, test.plan)
			if test.change != nil {
				test.change(&p)
			}
			text, err := eject.Render([]plan.Plan{p})
			require.EqualError(t, err, test.want)
			assert.Empty(t, text)
		})
	}
}
