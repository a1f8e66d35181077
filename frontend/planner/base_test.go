package planner_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// on is the plan of the base project on an image with what was found in it, nil
// when nobody looked.
func on(t *testing.T, files map[string]string, found *planner.Base, output plan.Output) (*planner.Decided, error) {
	t.Helper()
	in, err := newInput(contextOf(files), client{})
	require.NoError(t, err)
	in.Output = output
	if found != nil {
		in.AssumePython, in.Bases = false, map[string]*planner.Base{"registry.example.com/base:1": found}
	}
	return planner.Decide(in)
}

// based is the base project with a base, in line 8, and more keys.
func based(ref, table string) map[string]string {
	return change(map[string]string{"pyproject.toml": baseProject + "[tool.uvlambda]\nbase = '" + ref + "'\n" + table})
}

const ownBase = "registry.example.com/base:1"

func TestFoundBase(t *testing.T) {
	t.Parallel()
	client := []string{"/usr/local/bin/python3.13", "-m", "awslambdaric"}
	slim := planner.Base{Executable: "/usr/local/bin/python3.13", FullVersion: "3.13.5", Glibc: 41, Client: true}
	for name, tt := range map[string]struct {
		table      string
		change     func(*planner.Base)
		output     plan.Output
		wheels     string
		entrypoint []string
		dir        string
	}{
		"slim":       {"", nil, plan.OutputImage, "x86_64-manylinux_2_40", client, "/var/task"},
		"older":      {"", func(b *planner.Base) { b.Glibc = 31 }, plan.OutputImage, "x86_64-manylinux_2_31", client, "/var/task"},
		"in between": {"", func(b *planner.Base) { b.Glibc = 30 }, plan.OutputImage, "x86_64-manylinux_2_31", client, "/var/task"},
		"musl":       {"", func(b *planner.Base) { b.Glibc, b.Musl = 0, true }, plan.OutputImage, "x86_64-unknown-linux-musl", client, "/var/task"},
		"archive":    {"", func(b *planner.Base) { b.Glibc, b.Musl = 0, true }, plan.OutputZip, "x86_64-manylinux_2_34", nil, ""},
		"python":     {"", func(b *planner.Base) { b.Entrypoint = []string{"/usr/bin/python"} }, plan.OutputImage, "x86_64-manylinux_2_40", client, "/var/task"},
		"its own": {"", func(b *planner.Base) { b.Entrypoint, b.WorkingDir = []string{"/lambda-entrypoint.sh"}, "/var/task/" }, plan.OutputImage,
			"x86_64-manylinux_2_40", nil, ""},
		"a wrapper": {"", func(b *planner.Base) { b.Entrypoint, b.Client = []string{"/entry.sh"}, false }, plan.OutputImage, "x86_64-manylinux_2_40", nil, "/var/task"},
		"set":       {"entrypoint = ['/start']\nuser = '7'\n", func(b *planner.Base) { b.Client = false }, plan.OutputImage, "x86_64-manylinux_2_40", []string{"/start"}, "/var/task"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := slim
			if tt.change != nil {
				tt.change(&found)
			}
			decided, err := on(t, based(ownBase, "handler = 'app.handler'\n"+tt.table), &found, tt.output)
			require.NoError(t, err)
			p := decided.Plan
			assert.Equal(t, "3.13 (the Python of "+ownBase+")", p.Python.Version+" ("+p.Python.Reason+")")
			assert.Equal(t, found.Executable, p.Python.Executable)
			assert.Equal(t, tt.wheels, p.Python.WheelPlatform)
			assert.Equal(t, tt.entrypoint, p.Config.Entrypoint)
			assert.Equal(t, tt.dir, p.Config.WorkingDir)
			if strings.HasPrefix(tt.table, "entrypoint") {
				assert.Equal(t, "7", p.Config.User)
			}
			_, snapStart := p.Config.Labels["com.amazonaws.lambda.feature.snapstart"]
			assert.Equal(t, len(tt.entrypoint) > 1, snapStart)
		})
	}
}

func TestBaseThatWasNotLookedAt(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(based(ownBase, "python = '3.13'\nhandler = 'app.handler'\n")), client{})
	require.NoError(t, err)
	in.AssumePython = false
	_, err = planner.Decide(in)
	var unknown *planner.Unknown
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, ownBase, unknown.Base.Image.Ref)
	assert.Equal(t, "3.13", unknown.Base.Python)
	require.EqualError(t, err, "what "+ownBase+" has is not known")
}

// Where nobody can look at a base, it is taken to have what images of its name
// have.
func TestAssumedBase(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]string{
		"registry.example.com/lambda/python:3.12":                                   "3.12 /var/lang/bin/python3.12 x86_64-manylinux_2_34",
		"registry.example.com:5000/anything":                                        "3.14 /var/lang/bin/python3.14 x86_64-manylinux_2_34",
		"python:3.13-slim":                                                          "3.13 /usr/local/bin/python3 x86_64-manylinux_2_36",
		"docker.io/library/python:3.12.4-alpine":                                    "3.12 /usr/local/bin/python3 x86_64-unknown-linux-musl",
		"gcr.io/distroless/python3-debian12:nonroot":                                "3.14 /usr/bin/python3 x86_64-manylinux_2_36",
		"cgr.dev/chainguard/python:3.13":                                            "3.13 /usr/bin/python x86_64-manylinux_2_40",
		"registry.example.com/lambda/python:3.13@sha256:" + strings.Repeat("0", 64): "3.13 /var/lang/bin/python3.13 x86_64-manylinux_2_34",
	} {
		decided, err := on(t, based(ref, "handler = 'app.handler'\nentrypoint = ['/start']\n"), nil, plan.OutputImage)
		require.NoError(t, err, ref)
		p := decided.Plan.Python
		assert.Equal(t, want, p.Version+" "+p.Executable+" "+p.WheelPlatform, ref)
	}
}

func TestMistakesInBases(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		table string
		found planner.Base
		want  string
	}{
		"nothing starts functions": {"", planner.Base{FullVersion: "3.13.5"}, "pyproject.toml:8: the base " + ownBase + " has no entrypoint that starts Lambda functions, " +
			"and awslambdaric, which is one, is not among the packages of the function: add it with `uv add awslambdaric`, or set `entrypoint`"},
		"another Python": {"python = '3.12'\n", planner.Base{FullVersion: "3.13.5"}, "pyproject.toml:8: the base " + ownBase + " has Python 3.13.5, and python = \"3.12\": " +
			"name a `base` that has Python 3.12, or remove `python`"},
		"an old Python": {"", planner.Base{FullVersion: "3.8.20"}, "pyproject.toml:8: the base " + ownBase + " has Python 3.8.20, and the steps of a build take 3.9 or newer: " +
			"name a `base` with a newer Python"},
		"a Python that is not allowed": {"", planner.Base{FullVersion: "3.11.2"}, "pyproject.toml:4: api requires Python >=3.12, but the function would run on 3.11 (from the Python of " + ownBase + "): " +
			"change requires-python, or name a `base` with another Python"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := on(t, based(ownBase, tt.table+"handler = 'app.handler'\n"), &tt.found, plan.OutputImage)
			require.ErrorContains(t, err, tt.want)
			requireLocated(t, err)
		})
	}
}

// The oldest Python that steps run on is a base's too. A version that is none does
// not decide the Python, and is refused for what it is.
func TestVersionsOfBases(t *testing.T) {
	t.Parallel()
	const refused = "pyproject.toml:8: /usr/bin/python3 of the base " + ownBase + " is Python VERSION, not 3.14: name a `base` that has Python 3.14 there, or another `python`"
	for version, want := range map[string]string{"3.9.1": "3.9", "3.13.0rc1": "3.13", "": "3.14", "3": "", "dev.1": ""} {
		contents := based(ownBase, "handler = 'app.handler'\nentrypoint = ['/start']\n")
		for _, name := range []string{"pyproject.toml", "uv.lock"} {
			contents[name] = strings.Replace(contents[name], ">=3.12", ">=3.9", 1)
		}
		decided, err := on(t, contents, &planner.Base{Executable: "/usr/bin/python3", FullVersion: version}, plan.OutputImage)
		if want == "" {
			require.EqualError(t, err, strings.Replace(refused, "VERSION", version, 1))
			continue
		}
		require.NoError(t, err, version)
		assert.Equal(t, want, decided.Plan.Python.Version, version)
	}
}

// A test beside an archive runs on Lambda's own system, as the archive does.
func TestWheelsOfATestBesideAnArchive(t *testing.T) {
	t.Parallel()
	for output, want := range map[plan.Output]string{plan.OutputZip: "x86_64-manylinux_2_34", plan.OutputImage: "x86_64-manylinux_2_36", "": "x86_64-manylinux_2_36"} {
		in, err := newInput(contextOf(based(ownBase, "handler = 'app.handler'\nentrypoint = ['/start']\n")), client{target: "test"})
		require.NoError(t, err)
		in.TestFor, in.Bases = output, map[string]*planner.Base{ownBase: {Executable: "/usr/bin/python3", FullVersion: "3.13.5", Glibc: 36}}
		assert.Equal(t, want, decideAll(t, in).Plan.Python.WheelPlatform, output)
	}
	in, err := newInput(contextOf(based(ownBase, "handler = 'app.handler'\nentrypoint = ['/start']\n")), client{})
	require.NoError(t, err)
	in.TestFor, in.Bases = plan.OutputZip, map[string]*planner.Base{ownBase: {Executable: "/usr/bin/python3", FullVersion: "3.13.5", Glibc: 36}}
	assert.Equal(t, "x86_64-manylinux_2_36", decideAll(t, in).Plan.Python.WheelPlatform, "an image is no test")
}
