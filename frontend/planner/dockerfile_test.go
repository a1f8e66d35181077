package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// fromDockerfile is the base project on a base from a Dockerfile, in line 8; target
// are more keys of the base.
func fromDockerfile(text, target string) map[string]string {
	return change(map[string]string{
		"pyproject.toml":  baseProject + "[tool.uvlambda]\nbase = { dockerfile = 'base.Dockerfile'" + target + " }\nhandler = 'app.handler'\nentrypoint = ['/start']\n",
		"base.Dockerfile": text,
	})
}

// The Dockerfile's stages say which files of the context it needs, and, where nobody
// can build it, what Python it has.
func TestBasesFromDockerfiles(t *testing.T) {
	t.Parallel()
	const stages = "ARG X=1\nCOPY before /\nfrom --platform=linux/arm64 docker.io/library/python:3.13-slim as System\nCOPY system.txt /\n" +
		"FROM python:3.12-alpine\nADD alpine.txt ./more.txt /data/\nFROM SYSTEM AS top\r\nCOPY --chown=1:1 top.txt /\r\nFROM top AS copy\n"
	const slim, alpine = "3.13 /usr/local/bin/python3 x86_64-manylinux_2_36", "3.12 /usr/local/bin/python3 x86_64-unknown-linux-musl"
	const aws = "3.14 /var/lang/bin/python3.14 x86_64-manylinux_2_34"
	for name, tt := range map[string]struct {
		text, target string
		copied       []string
		python       string
	}{
		"last stage":              {stages, "", []string{"system.txt", "top.txt"}, slim},
		"stage by its name":       {stages, "system", []string{"system.txt"}, slim},
		"in other letters":        {stages, "TOP", []string{"system.txt", "top.txt"}, slim},
		"stage by its number":     {stages, "1", []string{"alpine.txt", "more.txt"}, alpine},
		"first stage":             {stages, "0", []string{"system.txt"}, slim},
		"last stage's number":     {stages, "3", []string{"system.txt", "top.txt"}, slim},
		"name before a number":    {"FROM python:3.13 AS x7\nFROM python:3.12-alpine AS 7\n", "7", nil, alpine},
		"later stage of a name":   {"FROM top\nCOPY a /\nFROM python:3.13 AS top\n", "0", []string{"a"}, aws},
		"one of no image":         {"FROM scratch AS top\nFROM top\nCOPY a /\n", "", []string{"a"}, aws},
		"of other stages":         {"FROM python:3.13-slim\nCOPY --from=build a b /\nCOPY b /\n", "", []string{"b"}, slim},
		"flags":                   {"FROM python:3.13-slim\nCOPY --link --chmod=755 b /\n", "", []string{"b"}, slim},
		"twice":                   {"FROM python:3.13-slim\nCOPY b c /\nCOPY /b a/../c ./ /\n", "", []string{".", "b", "c"}, slim},
		"lines that go on":        {"FROM python:3.13-slim\nCOPY a \\  \n  b \\\r\n  c /\n", "", []string{"a", "b", "c"}, slim},
		"what only a build knows": {"FROM python:3.13-slim\nCOPY [\"a\", \"/\"]\nCOPY $X /\nCOPY *.txt /\nCOPY a? /\nCOPY <<EOF /x\nADD https://example.com/x.tar.gz b /\nCOPY alone\nCOPY --link\nEOF\n", "", []string{"b"}, slim},
		"other words":             {"FROM python:3.13-slim\nRUN COPY a /\n# COPY b /\nCOPYRIGHT c /\nLABEL from=x\n", "", nil, slim},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := ""
			if tt.target != "" {
				target = ", target = '" + tt.target + "'"
			}
			p, err := newPlan(contextOf(fromDockerfile(tt.text, target)), client{})
			require.NoError(t, err)
			st := p.Step(plan.KindBase)
			assert.Equal(t, &plan.Base{Path: "base.Dockerfile", Target: tt.target}, plan.First[plan.Base](p))
			assert.Equal(t, plan.Location{File: "pyproject.toml", Line: 8, EndLine: 8}, st.Source)
			assert.Equal(t, "base.Dockerfile", st.Reads[0].Path)
			var copied []string
			for _, read := range st.Reads[1:] {
				copied = append(copied, read.Path)
			}
			assert.Equal(t, tt.copied, copied)
			assert.Equal(t, tt.python, p.Python.Version+" "+p.Python.Executable+" "+p.Python.WheelPlatform)
			assert.NotContains(t, p.Config.Labels, "org.opencontainers.image.base.name", "no registry has that base")
		})
	}
}

// A Dockerfile that sets an entrypoint is taken to start functions by it, so that
// the plan does not put another one over it.
func TestEntrypointsOfDockerfiles(t *testing.T) {
	t.Parallel()
	const missing = "pyproject.toml:8: the base base.Dockerfile has no entrypoint that starts Lambda functions, and awslambdaric, which is one, " +
		"is not among the packages of the function: add it with `uv add awslambdaric`, or set `entrypoint`"
	client3 := []string{"/usr/local/bin/python3", "-m", "awslambdaric"}
	for name, tt := range map[string]struct {
		text, lock string
		want       []string
		err        string
	}{
		"its own":             {"FROM python:3.13-slim\nENTRYPOINT [\"/start\"]\n", "", nil, ""},
		"of an earlier stage": {"FROM python:3.13-slim AS a\nentrypoint /start\nFROM a\n", "", nil, ""},
		"of another stage":    {"FROM python:3.13-slim AS a\nENTRYPOINT /start\nFROM python:3.13-slim\n", "", nil, missing},
		"none":                {"FROM python:3.13-slim\nRUN echo ENTRYPOINT x\n", "", nil, missing},
		"package":             {"FROM python:3.13-slim\n", lockOf(pkg("awslambdaric", []string{"py3-none-any"})), client3, ""},
		"package as a member": {"FROM python:3.13-slim\n", locked("awslambdaric", "source = { editable = 'library' }"), client3, ""},
		"package like it":     {"FROM python:3.13-slim\n", lockOf(pkg("awslambdaric-extra", []string{"py3-none-any"})), nil, missing},
		"AWS's":               {"FROM public.ecr.aws/lambda/python:3.13\n", "", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contents := fromDockerfile(tt.text, "")
			contents["pyproject.toml"] = baseProject + "[tool.uvlambda]\nbase = { dockerfile = 'base.Dockerfile' }\nhandler = 'app.handler'\n"
			contents["library/pyproject.toml"] = "[project]\nname = 'awslambdaric'\n[build-system]\n"
			if tt.lock != "" {
				contents["uv.lock"] = tt.lock
			}
			p, err := newPlan(contextOf(contents), client{})
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, p.Config.Entrypoint)
			snapStart, set := p.Config.Labels["com.amazonaws.lambda.feature.snapstart"]
			assert.Equal(t, tt.want != nil, set)
			if set {
				assert.Equal(t, "Allow", snapStart)
			}
		})
	}
	contents := fromDockerfile("FROM python:3.13-slim\n", "")
	contents["pyproject.toml"] = baseProject + "[tool.uvlambda]\nbase = { dockerfile = 'base.Dockerfile' }\nhandler = 'app.handler'\nlabels = { 'com.amazonaws.lambda.feature.snapstart' = 'Deny' }\n"
	contents["uv.lock"] = lockOf(pkg("awslambdaric", []string{"py3-none-any"}))
	p, err := newPlan(contextOf(contents), client{})
	require.NoError(t, err)
	assert.Equal(t, "Deny", p.Config.Labels["com.amazonaws.lambda.feature.snapstart"], "what the project says counts more")
}

func TestMistakesInDockerfiles(t *testing.T) {
	t.Parallel()
	const three = "FROM python:3.13 AS build\nFROM build AS runtime\nFROM runtime\n"
	missing := fromDockerfile("", "")
	above := change(map[string]string{
		"svc/pyproject.toml": "[project]\nname = 'api'\n[tool.uvlambda]\nbase = { dockerfile = '../../base.Dockerfile' }\nhandler = 'app.handler'\n", "svc/uv.lock": baseLock, "svc/app.py": handlerCode,
	})
	member := change(map[string]string{
		"svc/pyproject.toml": "[project]\nname = 'api'\n[tool.uvlambda]\nbase = { dockerfile = 'base.Dockerfile' }\nhandler = 'app.handler'\n", "svc/uv.lock": baseLock, "svc/app.py": handlerCode,
	})
	checkMistakes(t, []mistake{
		{
			name: "missing", files: missing,
			want: "pyproject.toml:8: base: there is no base.Dockerfile in the build context: create it, or correct the path (it is relative to the context's root)",
		},
		{
			name: "missing, for a lock", files: missing, client: client{target: "lock"},
			want: "pyproject.toml:8: base: there is no base.Dockerfile in the build context: create it, or correct the path (it is relative to the context's root)",
		},
		{
			name: "missing beside a member", files: member, client: client{file: "svc/pyproject.toml"},
			want: "svc/pyproject.toml:4: base: there is no svc/base.Dockerfile in the build context: create it, or correct the path (it is relative to svc/)",
		},
		{
			name: "outside", files: above, client: client{file: "svc/pyproject.toml"},
			want: "svc/pyproject.toml:4: base: ../../base.Dockerfile leads out of the build context: build with a context that holds it, or move it into the context",
		},
		{
			name: "no stage", files: fromDockerfile("# FROM x\nRUN true\n", ""),
			want: "base.Dockerfile: the Dockerfile has no FROM: write the image that it starts from, as in FROM public.ecr.aws/lambda/python:3.13",
		},
		{
			name: "stage like another", files: fromDockerfile(three, ", target = 'runtme'"),
			want: `pyproject.toml:8: base: base.Dockerfile has no stage "runtme": did you mean "runtime"?`,
		},
		{
			name: "stage like none", files: fromDockerfile(three, ", target = 'deploy'"),
			want: `pyproject.toml:8: base: base.Dockerfile has no stage "deploy": its stages are build, runtime`,
		},
		{
			name: "number past the last", files: fromDockerfile(three, ", target = '3'"),
			want: `pyproject.toml:8: base: base.Dockerfile has no stage "3": its stages are build, runtime`,
		},
		{
			name: "stages without names", files: fromDockerfile("FROM python:3.13\n", ", target = 'runtime'"),
			want: `pyproject.toml:8: base: base.Dockerfile has no stage "runtime": no FROM has a name; write FROM … AS runtime`,
		},
	})
}

// The Dockerfile is read before the decision, unless it is outside of the context.
func TestDockerfileIsRead(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]string{
		"pyproject.toml":     {"base.Dockerfile"},
		"svc/pyproject.toml": {"svc/base.Dockerfile"},
	} {
		in, err := newInput(contextOf(map[string]string{file: fromDockerfile("", "")["pyproject.toml"]}), client{file: file})
		require.NoError(t, err)
		read, stat := planner.IncludeFiles(in)
		assert.Equal(t, want, read)
		assert.Empty(t, stat)
	}
	in, err := newInput(contextOf(map[string]string{"pyproject.toml": "[project]\nname = 'api'\n[tool.uvlambda]\nbase = { dockerfile = '../base.Dockerfile' }\n"}), client{})
	require.NoError(t, err)
	read, _ := planner.IncludeFiles(in)
	assert.Empty(t, read)
}
