package integration

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// fullDockerfile has all that teams keep a Dockerfile for: packages of the system, a
// compiler, files of other images and stages, packages from a private git server,
// versions from git, and the settings of an image.
const fullDockerfile = `ARG PYTHON_VERSION=3.13
FROM ghcr.io/astral-sh/uv:0.9.26 AS uv

FROM IMAGES/sam/build-python3.13:1 AS build
ARG SETUPTOOLS_SCM_PRETEND_VERSION_FOR_LIBRARY=2.1.0
ENV UV_LINK_MODE=copy
RUN dnf install -y git-core
WORKDIR /src
COPY .git .git
COPY . .
RUN --mount=from=uv,source=/uv,target=/bin/uv \
    --mount=type=secret,id=github_token \
    git config --global url."http://x-access-token:$(cat /run/secrets/github_token)@SERVER/".insteadOf "http://SERVER/" && \
    uv export --frozen --no-dev --no-editable -o /tmp/requirements.txt && \
    uv pip install -r /tmp/requirements.txt --target /packages

FROM IMAGES/lambda/python:${PYTHON_VERSION} AS system
ARG PROGRAM=fortune
RUN microdnf install -y $PROGRAM \
    && microdnf clean all

FROM system AS tool
RUN echo made in a stage > /tool

FROM system
LABEL team="payments"
ENV LOG_LEVEL=info PATH="/opt/bin:${PATH}"
COPY --from=TOOLS /plain /opt/tools/plain
COPY --from=tool /tool /usr/local/share/tool
COPY conf/opt.txt /opt/conf/
COPY conf/etc.txt /etc/shop/etc.txt
COPY --from=build /packages ${LAMBDA_TASK_ROOT}
COPY templates templates
USER 1000
ENTRYPOINT ["/lambda-entrypoint.sh"]
CMD ["shop.handler"]
`

// fullProject is the project of that Dockerfile: a package with a module in C and a
// version from git, which depends on a package from git.
func fullProject(repository, commit string) map[string]string {
	locked := repository + "?subdirectory=python&tag=v2.1.0"
	return map[string]string{
		"pyproject.toml": fmt.Sprintf(`[project]
name = "shop"
dynamic = ["version"]
requires-python = ">=3.13,<3.14"
dependencies = ["library"]

[build-system]
requires = ["setuptools==80.9.0", "setuptools-scm==9.2.2"]
build-backend = "setuptools.build_meta"

%s
[tool.setuptools_scm]

[tool.uv.sources]
library = { git = %q, tag = "v2.1.0", subdirectory = "python" }
`, strings.ReplaceAll(setuptoolsTable(""), "job", "shop"), repository),
		"uv.lock": lockHeader + fmt.Sprintf(`[[package]]
name = "library"
version = "2.1.0"
source = { git = "%[1]s#%[2]s" }

[[package]]
name = "shop"
source = { editable = "." }
dependencies = [
    { name = "library" },
]

[package.metadata]
requires-dist = [{ name = "library", git = %[1]q }]
`, locked, commit),
		"shop/__init__.py": `import os
import subprocess
from importlib.metadata import version

import library
from shop._x import answer


def read(name):
    with open(name) as file:
        return file.read().strip()


def handler(event, context):
    return {
        "answer": answer(),
        "library": [library.WORDS, version("library"), version("shop")],
        "variables": [os.environ["LOG_LEVEL"], os.environ["PATH"]],
        "system": [subprocess.check_output(["fortune"], text=True), read("/etc/shop/etc.txt"), read("/usr/local/share/tool")],
        "files": [read("/opt/tools/plain"), read("/opt/conf/opt.txt"), read("templates/page.txt")],
        "event": event,
    }
`,
		"x.c":                extension("", "")["x.c"],
		"templates/page.txt": "a page",
		"conf/opt.txt":       "for opt",
		"conf/etc.txt":       "for etc",
		"event.json":         `{"order": 7}`,
	}
}

// installsFortune is a layer with a package manager that installs one program.
func installsFortune(t *testing.T) v1.Layer {
	t.Helper()
	const program = `#!/bin/sh
case "$*" in
"install -y fortune") printf '#!/bin/sh\necho good luck\n' >/usr/bin/fortune && chmod 755 /usr/bin/fortune ;;
"clean all") ;;
*) exit 3 ;;
esac
`
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "usr/bin/microdnf", Mode: 0o755, Size: int64(len(program)), Typeflag: tar.TypeReg}))
	_, err := io.WriteString(w, program)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive.Bytes())), nil })
	require.NoError(t, err)
	return layer
}

// TestInitFromAFullDockerfile takes over a Dockerfile that has all of it: nothing is
// left, and what is built then is what the Dockerfile builds.
func TestInitFromAFullDockerfile(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.SAM313)
	root := t.TempDir()
	library := newGitRepository(t, root)
	commit := library.commit(t, libraryFiles(t.Name()))
	library.git(t, "tag", "v2.1.0")
	server := serveRepositories(t, root, func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "x-access-token" && password == "from-secret"
	})
	images := newReference(t)
	images = images[:strings.LastIndex(images, ":")]
	pushWith(t, standin.SAM313, images+"/sam/build-python3.13:1", installsGit(t))
	pushWith(t, standin.Python313, images+"/lambda/python:3.13", installsFortune(t))

	dir := writeTree(t, fullProject(server+"/library.git", commit))
	shell(t, dir, newestUV, "git init --quiet && git config user.name A && git config user.email a@example.com &&"+
		" git add . && git commit --quiet -m first && git tag 1.4.0")
	file, token := filepath.Join(dir, "Dockerfile"), filepath.Join(t.TempDir(), "token")
	writeFile(t, token, "from-secret")
	writeFile(t, file, strings.NewReplacer("IMAGES", images, "SERVER", strings.TrimPrefix(server, "http://"), "TOOLS", pushTools(t)).Replace(fullDockerfile))
	theirs, ours := newReference(t), newReference(t)
	env.SyntaxLine().MustBuild(t, dir, "-f", file, "-t", theirs, "--push", "--platform", "linux/amd64", "--secret", "id=github_token,src="+token)

	out := shell(t, dir, newestUV, "uvlambda init")
	require.NotContains(t, out, "Not taken over")
	require.Contains(t, out, "Builds take --secret id=GIT_AUTH_TOKEN for the Dockerfile's secret github_token.\n")
	require.Contains(t, out, "uvlambda build -t shop --load --secret id=GIT_AUTH_TOKEN .\n")
	env.CLI().MustBuild(t, dir, "-t", ours, "--push", "--platform", "linux/amd64", "--secret", "id=GIT_AUTH_TOKEN,src="+token)

	theirTree, ourTree := taskRoot(t, pull(t, theirs)), taskRoot(t, pull(t, ours))
	require.Equal(t, []string{"library-2.1.0", "shop-1.4.0"}, distributions(theirTree))
	require.Equal(t, distributions(theirTree), distributions(ourTree))
	event := filepath.Join(dir, "event.json")
	answer := invoke(t, theirs, event)
	require.Contains(t, answer, `"good luck\n", "for etc", "made in a stage"`)
	require.JSONEq(t, answer, invoke(t, ours, event))
	theirConfig, err := pull(t, theirs).ConfigFile()
	require.NoError(t, err)
	ourConfig, err := pull(t, ours).ConfigFile()
	require.NoError(t, err)
	require.Equal(t, theirConfig.Config.User, ourConfig.Config.User)
	require.Equal(t, theirConfig.Config.Entrypoint, ourConfig.Config.Entrypoint)
	require.Equal(t, theirConfig.Config.Cmd, ourConfig.Config.Cmd)
	require.ElementsMatch(t, theirConfig.Config.Env, ourConfig.Config.Env)
	require.Equal(t, "payments", ourConfig.Config.Labels["team"])
}
