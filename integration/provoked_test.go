package integration

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// provoked is a mistake that a person makes on the command line, and the one line
// that ends what is printed. It names the cause, the place and what mends it.
type provoked struct {
	name string
	// files are put over those of a small function, whose folder is the working
	// folder. With empty, there are no others.
	files map[string]string
	empty bool
	// folder is the working folder, below the function's.
	folder string
	// command is for a shell. REGISTRY in it is the address of a registry that wants a
	// login.
	command string
	// variables are added to the environment.
	variables []string
	// want is the line behind "ERROR: ".
	want string
}

// blobDigest is the part of a registry's address that a build decides.
var blobDigest = regexp.MustCompile(`blobs/sha256:[0-9a-f]+`)

// TestProvokedMistakes holds the last line of each.
func TestProvokedMistakes(t *testing.T) {
	t.Parallel()
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(registry.Close)
	host := strings.TrimPrefix(registry.URL, "http://")
	project := map[string]string{"pyproject.toml": projectTable + twoFunctions}
	const noEngine = "DOCKER_HOST=unix:///nowhere/docker.sock"
	for _, p := range []provoked{
		{name: "no project", empty: true, files: map[string]string{"note.txt": ""}, command: "uvlambda build .",
			want: "no pyproject.toml in .: start one with `uv init && uvlambda init`, or name the build file with -f"},
		{name: "subfolder of a project", files: map[string]string{"src/note.txt": ""}, folder: "src", command: "uvlambda plan",
			want: "no pyproject.toml in ., but there is one in ..: run `uvlambda plan ..`"},
		{name: "target", command: "uvlambda build --target layers .", want: `unknown target "layers": did you mean "layer"?`},
		{name: "target of a function", files: project, command: "uvlambda build --target orders/zp .",
			want: `unknown output "zp" in --target orders/zp: did you mean "zip"?`},
		{name: "several functions", files: project, command: "uvlambda build .",
			want: "pyproject.toml:7: there are several functions (orders, receipts): choose one, as in --target orders/image, or build all with `uvlambda bake | docker buildx bake -f -`"},
		{name: "flag", command: "uvlambda build --platfrom linux/arm64 .", want: "unknown flag --platfrom: did you mean --platform?"},
		{name: "command", command: "uvlambda lock", want: "unknown command \"lock\": `uvlambda build --target lock -o . .` writes uv.lock"},
		{name: "nobody listens", command: "uvlambda build .", variables: []string{"BUILDKIT_HOST=tcp://127.0.0.1:1"},
			want: "no BuildKit answers at tcp://127.0.0.1:1 (from BUILDKIT_HOST): connection refused: start it, or unset BUILDKIT_HOST to have another found"},
		{name: "no address", command: "uvlambda check", variables: []string{"BUILDKIT_HOST=foo"},
			want: `BUILDKIT_HOST "foo" is not the address of a BuildKit: write one such as unix:///run/buildkit/buildkitd.sock, tcp://HOST:PORT or docker-container://NAME`},
		{name: "load without Docker", command: "uvlambda build -t hello --load .", variables: []string{noEngine},
			want: "the image cannot be loaded, since no Docker engine answers (Cannot connect to the Docker daemon at unix:///nowhere/docker.sock. Is the docker daemon running?): " +
				"start it, or in place of --load give -o type=oci,dest=image.tar, which `uvlambda invoke image.tar` runs"},
		{name: "no archive", command: "uvlambda invoke nosuch.tar", want: "there is no file nosuch.tar: check its name, and the folder that you are in"},
		{name: "no zip", command: "uvlambda explain nosuch.zip", want: "there is no file nosuch.zip: check its name, and the folder that you are in"},
		{name: "event file", command: "uvlambda invoke hello --event bad.json", files: map[string]string{"bad.json": "{\n  'a': 1\n}"},
			want: `bad.json:2:3: the event is not JSON, which is all that Lambda passes on: invalid character '\'' looking for beginning of object key string`},
		{name: "no event file", command: "uvlambda invoke hello --event nosuch.json",
			want: `there is no event file nosuch.json: name one, or write the event itself, as in --event '{"n": 1}'`},
		{name: "platform of an archive", command: "uvlambda build --platform linux/amd64 -o type=oci,dest=hello.tar . 2>/dev/null && uvlambda invoke --platform linux/arm64 hello.tar", variables: []string{noEngine},
			want: "opening the image hello.tar: it is for linux/amd64, not for linux/arm64: leave --platform out, or build it with --platform linux/arm64"},
		{name: "time limit", command: "uvlambda invoke --timeout soon hello", want: `invalid --timeout "soon": write seconds, as in 30 or 1.5, or a number with its unit, as in 500ms or 2m`},
		{name: "no image", command: "uvlambda invoke", want: "name what to invoke: uvlambda invoke IMAGE, an image or an archive such as hello.tar"},
		{name: "two contexts", command: "uvlambda build . extra", want: "uvlambda build takes one CONTEXT, and was given 2: . and extra"},
		{name: "optional value", command: "uvlambda dev --http :8001", want: "--http and its value are joined by =: write --http=:8001"},
		{name: "graph", command: "uvlambda plan --graph svg", want: "--graph and its value are joined by =: write --graph=svg"},
		{name: "stage", command: "uvlambda build --no-cache-filter dependecies .", want: `there is no stage "dependecies" for --no-cache-filter: did you mean "dependencies"?`},
		{name: "named context", command: "uvlambda build --build-context lib=./missing .",
			want: `invalid --build-context "lib=./missing": there is no folder ./missing: name one, or a URL, docker-image://REF or oci-layout://PATH`},
		{name: "push without a login", command: "uvlambda build -t REGISTRY/hello:1 --push .",
			want: "pushing REGISTRY/hello:1: the registry refuses it (unexpected status from HEAD request to http://REGISTRY/v2/hello/blobs/DIGEST: 401 Unauthorized): " +
				"log in with `docker login REGISTRY`, and check that you may write to the repository"},
	} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.check(t, host)
		})
	}
}

// check runs the command and compares the last line that it prints.
func (p provoked) check(t *testing.T, host string) {
	dir := t.TempDir()
	if !p.empty {
		dir = newFunction(t, p.files)
	}
	if p.empty {
		for name, content := range p.files {
			writeFile(t, filepath.Join(dir, name), content)
		}
	}
	command := env.Command(t.Context(), "sh", "-c", strings.ReplaceAll(p.command, "REGISTRY", host))
	command.Dir = filepath.Join(dir, p.folder)
	command.Env = append(command.Env, append(p.variables, "PATH="+filepath.Join(env.Root, "bin")+":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	var exit *exec.ExitError
	require.ErrorAs(t, command.Run(), &exit, stderr.String())
	require.Equal(t, 1, exit.ExitCode())
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	got := blobDigest.ReplaceAllString(lines[len(lines)-1], "blobs/DIGEST")
	require.Equal(t, "ERROR: "+strings.ReplaceAll(p.want, "REGISTRY", host), got, stderr.String())
}
