package integration

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// onBase is a function on a base that is not AWS's, which answers with its Python
// and with what a native package says.
func onBase(table, dependencies string) map[string]string {
	return map[string]string{
		"pyproject.toml": strings.Replace(fmt.Sprintf(projectWith, dependencies), ">=3.13,<3.14", ">=3.11", 1) + handlerTable + table,
		"uv.lock":        strings.Replace(lockHeader, ">=3.13,<3.14", ">=3.11", 1) + lockOwn,
		"app.py": "import sys\n\nimport markupsafe._speedups\n\n\ndef handler(event, context):\n" +
			"    return [list(sys.version_info[:2]), markupsafe.escape(event[\"text\"])]\n",
		"event.json": `{"text": "<"}`,
	}
}

// A base says by itself which Python, C library and entrypoint it has. Both doors
// make the same image of it.
func TestBasesThatAreNotAWSs(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ref, table, version, user, executable string
	}{
		"slim":       {standin.SlimPython, "", "3, 13", "", "/usr/local/bin/python3.13"},
		"user":       {standin.SlimPython, "python = \"3.13\"\nuser = \"1000:1000\"\n", "3, 13", "1000:1000", "/usr/local/bin/python3.13"},
		"distroless": {standin.Distroless, "", "3, 11", "65532", "/usr/bin/python3.11"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env.Provide(t, tt.ref)
			dir := newFunction(t, onBase("base = \""+tt.ref+"\"\n"+tt.table, `"awslambdaric", "markupsafe"`))
			lockShape(t, env.CLI(), dir)
			var digests []string
			for _, door := range env.Doors() {
				ref := newReference(t)
				door.MustBuild(t, dir, "--platform", "linux/amd64", "-t", ref, "--push")
				digests = append(digests, imageDigest(t, ref))
				config, err := pull(t, ref).ConfigFile()
				require.NoError(t, err)
				assert.Equal(t, []string{tt.executable, "-m", "awslambdaric"}, config.Config.Entrypoint)
				assert.Equal(t, "/var/task", config.Config.WorkingDir)
				assert.Equal(t, tt.user, config.Config.User)
				assert.Equal(t, "Allow", config.Config.Labels["com.amazonaws.lambda.feature.snapstart"])
				require.JSONEq(t, "[["+tt.version+"], \"&lt;\"]", invoke(t, ref, filepath.Join(dir, "event.json")))
			}
			require.Equal(t, digests[0], digests[1], "the doors built different images")
		})
	}
}

// The test inside the build starts the function as the image does, and an archive
// is for Lambda's own runtime whatever the base is.
func TestOutputsOnAnotherBase(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.SlimPython)
	dir := newFunction(t, onBase("base = \""+standin.SlimPython+"\"\n[tool.uvlambda.test]\nevents = [\"event.json\"]\n", `"awslambdaric", "markupsafe"`))
	lockShape(t, env.CLI(), dir)
	for _, door := range env.Doors() {
		out := t.TempDir()
		door.MustBuild(t, dir, "--target", "test", "-o", out)
		require.JSONEq(t, `[[3, 13], "&lt;"]`, string(readTestReport(t, out).Events[0].Response))
	}
	out := t.TempDir()
	env.CLI().MustBuild(t, dir, "--target", "zip", "-o", out)
	require.Equal(t, []string{"function.json", "function.zip"}, listFiles(t, out))
}

// What can be wrong with a base is told at the line that names it, and nothing is
// built.
func TestMistakesInBases(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.SlimPython)
	slim := func(table, dependencies string) map[string]string {
		files := onBase("base = \""+standin.SlimPython+"\"\n"+table, dependencies)
		files["app.py"] = "def handler(event, context):\n    return event\n"
		return files
	}
	noPython := derive(t, t.TempDir(), "FROM scratch\nCOPY Dockerfile /\n")
	checkMistakes(t, []mistake{
		{
			name:  "base that starts no functions",
			files: slim("", ""),
			want: "pyproject.toml:10: the base docker.io/library/python:3.13-slim has no entrypoint that starts Lambda functions, and awslambdaric, which is one, " +
				"is not among the packages of the function: add it with `uv add awslambdaric`, or set `entrypoint`",
		},
		{
			name:  "base of another Python",
			files: slim("python = \"3.12\"\n", ""),
			want:  "pyproject.toml:10: the base docker.io/library/python:3.13-slim has Python 3.13.5, and python = \"3.12\": name a `base` that has Python 3.12, or remove `python`",
		},
		{
			name:  "base without Python",
			files: map[string]string{"pyproject.toml": projectTable + handlerTable + "base = \"" + noPython + "\"\n"},
			want:  "pyproject.toml:10: the base " + noPython + " has no python3 on its PATH: name a `base` that has Python",
		},
	})
}

// baseDockerfile is a base with a program of its own, whose RUN shows that it is run
// for the platform of the image.
const baseDockerfile = `FROM public.ecr.aws/lambda/python:3.13 AS system
ARG WORD=none
COPY words.txt /opt/words.txt
RUN echo "$WORD $(uname -m)" >> /opt/words.txt

FROM system AS runtime
ENV GREETING=hello

FROM system AS broken
RUN echo to standard error >&2 && false
`

// onDockerfile is a function that answers with what its base has.
func onDockerfile(target string) map[string]string {
	return map[string]string{
		"pyproject.toml": projectTable + handlerTable + "base = { dockerfile = \"images/base.Dockerfile\", target = \"" + target + "\" }\n",
		"app.py": "import os\n\n\ndef handler(event, context):\n" +
			"    return [os.environ.get(\"GREETING\"), open(\"/opt/words.txt\").read().split()]\n",
		"images/base.Dockerfile": baseDockerfile,
		"words.txt":              "one\n",
	}
}

// A base is built from a Dockerfile of the context in the same build, with the
// client's build arguments, and again when what it copies changes.
func TestBaseFromADockerfile(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, onDockerfile("runtime"))
	var digests []string
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "--build-arg", "WORD=given", "-t", ref, "--push")
		digests = append(digests, imageDigest(t, ref))
		require.JSONEq(t, `["hello", ["one", "given", "`+machine()+`"]]`, invoke(t, ref, "{}"))
	}
	require.Equal(t, digests[0], digests[1], "the doors built different images")

	writeFile(t, filepath.Join(dir, "words.txt"), "two\n")
	ref := newReference(t)
	result := env.CLI().MustBuild(t, dir, "-t", ref, "--push")
	require.Len(t, result.Trace.Ran().Named("uname -m"), 1)
	require.JSONEq(t, `["hello", ["two", "none", "`+machine()+`"]]`, invoke(t, ref, "{}"))
	require.Empty(t, env.CLI().MustBuild(t, dir, "-t", ref, "--push").Trace.Ran().Named("uname -m"))
}

// A Dockerfile that fails shows its own lines, and nothing is written.
func TestMistakesInDockerfilesOfBases(t *testing.T) {
	t.Parallel()
	for _, door := range env.Doors() {
		// Of a step that two builds run at once, BuildKit knows the lines of one.
		t.Run(door.Name, func(t *testing.T) {
			dir, out := newFunction(t, onDockerfile("broken")), t.TempDir()
			result := door.Build(t, dir, "--target", "dir", "-o", out)
			require.Error(t, result.Err)
			require.Contains(t, result.Stderr, "base.Dockerfile:10")
			require.Contains(t, result.Stderr, ">>> RUN echo to standard error >&2 && false")
			require.NotContains(t, result.Stderr, "pyproject.toml:")
			require.Empty(t, listFiles(t, out))
		})
	}
	checkMistakes(t, []mistake{
		{
			name:  "no such Dockerfile",
			files: map[string]string{"pyproject.toml": onDockerfile("runtime")["pyproject.toml"]},
			want:  "pyproject.toml:10: base: there is no images/base.Dockerfile in the build context: create it, or correct the path (it is relative to the context's root)",
		},
		{
			name:  "no such stage",
			files: onDockerfile("runtme"),
			want:  "pyproject.toml:10: base: images/base.Dockerfile has no stage \"runtme\": did you mean \"runtime\"?",
		},
	})
}

// With bake, a base can be the result of another target, by a name of its own.
func TestBaseFromABakeTarget(t *testing.T) {
	t.Parallel()
	const base = "registry.example.com/base:1"
	dir, ref := newFunction(t, onDockerfile("runtime")), newReference(t)
	replaceIn(t, filepath.Join(dir, "pyproject.toml"), `{ dockerfile = "images/base.Dockerfile", target = "runtime" }`, `"`+base+`"`)
	file := fmt.Sprintf(`target "base" {
  dockerfile = "images/base.Dockerfile"
  target = "runtime"
}
target "default" {
  dockerfile = "pyproject.toml"
  args = { BUILDKIT_SYNTAX = %q }
  contexts = { %q = "target:base" }
  tags = [%q]
}
`, env.Frontend, base, ref)
	env.MustBake(t, dir, file, nil, "--push")
	require.JSONEq(t, `["hello", ["one", "none", "`+machine()+`"]]`, invoke(t, ref, "{}"))
}

// The Dockerfile that takes the place of the table names the base as a context, and
// makes an image that answers alike.
func TestDockerfileOfABaseFromADockerfile(t *testing.T) {
	t.Parallel()
	dir, ref := newFunction(t, onDockerfile("runtime")), newReference(t)
	base := newReference(t)
	file := filepath.Join(dir, "Dockerfile")
	succeed(t, env.Command(t.Context(), env.Binary("uvlambda"), "dockerfile", "-o", file, dir))
	// The image that the first line names can't be had everywhere.
	edit(t, file, "# syntax=docker/dockerfile:1\n", "")
	docker := func(args ...string) {
		t.Helper()
		succeed(t, env.Command(t.Context(), env.Binary("tools/buildx"), append(append([]string{"build", "--provenance=false"}, args...), dir)...))
	}
	docker("-f", filepath.Join(dir, "images", "base.Dockerfile"), "--target", "runtime", "-t", base, "--push")
	docker("-f", file, "--build-context", "lambda-base=docker-image://"+base, "-t", ref, "--push")
	require.JSONEq(t, `["hello", ["one", "none", "`+machine()+`"]]`, invoke(t, ref, "{}"))
}
