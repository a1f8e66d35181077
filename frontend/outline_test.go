package frontend

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/subrequests/outline"
	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// imageArgs are the build arguments of an image when none is given.
const imageArgs = `BUILD ARG           VALUE   DESCRIPTION
SOURCE_DATE_EPOCH           time of the image, in seconds since 1970, or context
HTTP_PROXY                  proxy of http URLs
HTTPS_PROXY                 proxy of https URLs
FTP_PROXY                   proxy of ftp URLs
ALL_PROXY                   proxy of all other URLs
NO_PROXY                    hosts that are reached without a proxy
`

// private is greeting with a private index.
func private() map[string]string {
	return changed("pyproject.toml", greeting()["pyproject.toml"]+`
[[tool.uv.index]]
name = "company"
url = "https://example.com/simple"
`)
}

func TestOutline(t *testing.T) {
	t.Parallel()
	text, data := call(t, asking("outline", private(), map[string]string{
		"build-arg:SOURCE_DATE_EPOCH": "1700000000",
		"build-arg:HTTPS_PROXY":       "http://user:hunter2@proxy.example.com",
	}), "outline")
	assert.Equal(t, `TARGET:      image
DESCRIPTION: the container image

FUNCTION   HANDLER       LINES
greeting   app.handler   pyproject.toml:8

BUILD ARG           VALUE        DESCRIPTION
SOURCE_DATE_EPOCH   1700000000   time of the image, in seconds since 1970, or context
HTTP_PROXY                       proxy of http URLs
HTTPS_PROXY                      proxy of https URLs
FTP_PROXY                        proxy of ftp URLs
ALL_PROXY                        proxy of all other URLs
NO_PROXY                         hosts that are reached without a proxy

SECRET                      LINES
UV_INDEX_COMPANY_USERNAME   pyproject.toml:14
UV_INDEX_COMPANY_PASSWORD   pyproject.toml:14
netrc                       pyproject.toml:5
ca                          pyproject.toml:5

CACHE         LINES
uvlambda/uv   pyproject.toml:5
`, text)
	assert.NotContains(t, string(data), "hunter2")
	var o outlinedFunctions
	require.NoError(t, json.Unmarshal(data, &o))
	var located []string
	for _, secret := range o.Secrets {
		located = append(located, secret.Name+" "+lineOf(o.Outline, secret.Location))
	}
	assert.Equal(t, []string{
		`UV_INDEX_COMPANY_USERNAME name = "company"`,
		`UV_INDEX_COMPANY_PASSWORD name = "company"`,
		`netrc dependencies = ["example-dist", "library"]`,
		`ca dependencies = ["example-dist", "library"]`,
	}, located)
	require.Len(t, o.Cache, 1)
	assert.Equal(t, "uvlambda/uv", o.Cache[0].ID)
	assert.Equal(t, `dependencies = ["example-dist", "library"]`, lineOf(o.Outline, o.Cache[0].Location))
}

// lineOf is the text of the line that a location points at.
func lineOf(o outline.Outline, at *pb.Location) string {
	if at == nil || len(at.Ranges) != 1 {
		return fmt.Sprintf("no line: %v", at)
	}
	return strings.Split(string(o.Sources[at.SourceIndex]), "\n")[at.Ranges[0].Start.Line-1]
}

// Each output has the arguments that count for it.
func TestOutlineOfOutputs(t *testing.T) {
	t.Parallel()
	shop := changed("pyproject.toml", strings.Replace(greeting()["pyproject.toml"], "[tool.uvlambda]", "[tool.uvlambda.functions.hello]", 1))
	tests := []struct{ target, want string }{
		{"lock", `TARGET:      lock
DESCRIPTION: a refreshed uv.lock

BUILD ARG     VALUE   DESCRIPTION
UPGRADE       anyio   packages to upgrade: all, or names with commas between them
HTTP_PROXY            proxy of http URLs
HTTPS_PROXY           proxy of https URLs
FTP_PROXY             proxy of ftp URLs
ALL_PROXY             proxy of all other URLs
NO_PROXY              hosts that are reached without a proxy

SECRET   LINES
netrc    pyproject.toml:5
ca       pyproject.toml:5

CACHE         LINES
uvlambda/uv   pyproject.toml:5
`},
		{"hello/zip", `TARGET:      hello/zip
DESCRIPTION: a zip of the dependencies, the members and the application

FUNCTION   HANDLER       LINES
hello      app.handler   pyproject.toml:8

BUILD ARG     VALUE   DESCRIPTION
HTTP_PROXY            proxy of http URLs
HTTPS_PROXY           proxy of https URLs
FTP_PROXY             proxy of ftp URLs
ALL_PROXY             proxy of all other URLs
NO_PROXY              hosts that are reached without a proxy

SECRET   LINES
netrc    pyproject.toml:5
ca       pyproject.toml:5

CACHE         LINES
uvlambda/uv   pyproject.toml:5
`},
	}
	for _, tt := range tests {
		text, _ := call(t, asking("outline", shop, map[string]string{"target": tt.target, "build-arg:UPGRADE": "anyio"}), "outline")
		assert.Equal(t, tt.want, text, tt.target)
	}
}

// A function that installs nothing takes no secrets; the check of its lock asks
// uv's cache about the interpreter.
func TestOutlineWithoutDependencies(t *testing.T) {
	t.Parallel()
	bare := changed("pyproject.toml", "[project]\nname = \"greeting\"\nrequires-python = \">=3.13\"\n\n[tool.uvlambda]\nhandler = \"app.handler\"\n")
	bare["uv.lock"] = "version = 1\nrequires-python = \">=3.13\"\n\n[[package]]\nname = \"greeting\"\nsource = { virtual = \".\" }\n"
	_, data := call(t, asking("outline", bare, nil), "outline")
	var o outlinedFunctions
	require.NoError(t, json.Unmarshal(data, &o))
	assert.Empty(t, o.Secrets)
	require.Len(t, o.Cache, 1)
	assert.Equal(t, "uvlambda/uv", o.Cache[0].ID)
	assert.Equal(t, `[project]`, lineOf(o.Outline, o.Cache[0].Location))
	assert.Len(t, o.Args, 6)
}

// twoFunctions is greeting with two functions: the table names the handler of one,
// and the handler of the other is found.
func twoFunctions() map[string]string {
	files := changed("pyproject.toml", strings.Replace(greeting()["pyproject.toml"], "[tool.uvlambda]\nhandler = \"app.handler\"\n",
		"[tool.uvlambda.functions.hello]\nhandler = \"hello.answer\"\n[tool.uvlambda.functions.usual]\npython = \"3.13\"\n", 1))
	files["hello.py"] = "def answer(event, context): ...\n"
	return files
}

// Without a target the outline is of all functions, and with one of that
// function, whatever the output.
func TestOutlineOfFunctions(t *testing.T) {
	t.Parallel()
	text, data := call(t, asking("outline", twoFunctions(), nil), "outline")
	assert.Equal(t, `DESCRIPTION: the container images of all functions

FUNCTION   HANDLER        LINES
hello      hello.answer   pyproject.toml:8
usual      app.handler    pyproject.toml:9

`+imageArgs+`
SECRET   LINES
netrc    pyproject.toml:5
ca       pyproject.toml:5

CACHE         LINES
uvlambda/uv   pyproject.toml:5
`, text)
	var answer struct {
		Name      string
		Functions []struct {
			Name, Handler string
			Location      *pb.Location
		}
		Sources [][]byte
	}
	require.NoError(t, json.Unmarshal(data, &answer))
	require.Empty(t, answer.Name)
	require.Len(t, answer.Sources, 1)
	var found []string
	for _, f := range answer.Functions {
		found = append(found, f.Name+" "+f.Handler+" "+lineOf(outline.Outline{Sources: answer.Sources}, f.Location))
	}
	assert.Equal(t, []string{
		`hello hello.answer handler = "hello.answer"`,
		`usual app.handler [tool.uvlambda.functions.usual]`,
	}, found)

	for _, output := range []string{"image", "zip", "layer", "app", "dir", "test"} {
		text, _ = call(t, asking("outline", twoFunctions(), map[string]string{"target": "usual/" + output}), "outline")
		assert.Contains(t, text, "TARGET:      usual/"+output+"\n")
		assert.Contains(t, text, "LINES\nusual      app.handler   pyproject.toml:9\n\n", output)
	}
	text, _ = call(t, asking("outline", twoFunctions(), map[string]string{"target": "lock"}), "outline")
	assert.NotContains(t, text, "FUNCTION")
}

// Clients that know no functions find all else where BuildKit has it.
func TestOutlineIsBuildKits(t *testing.T) {
	t.Parallel()
	_, data := call(t, asking("outline", private(), nil), "outline")
	var text strings.Builder
	require.NoError(t, outline.PrintOutline(data, &text))
	assert.Equal(t, `TARGET:      image
DESCRIPTION: the container image

`+imageArgs+`
SECRET                      REQUIRED
UV_INDEX_COMPANY_USERNAME   
UV_INDEX_COMPANY_PASSWORD   
netrc                       
ca                          

`, text.String())
}

// A mistake in any of the functions has its lines.
func TestOutlineOfMistakenFunction(t *testing.T) {
	t.Parallel()
	files := changed("pyproject.toml", twoFunctions()["pyproject.toml"]+"[tool.uvlambda.functions.gone]\nhandler = \"gone.handler\"\n")
	files["hello.py"] = twoFunctions()["hello.py"]
	_, err := buildForTest(t.Context(), asking("outline", files, nil))
	require.ErrorContains(t, err, `handler "gone.handler": its module is not in the build context`)
	checkSource(t, err, "pyproject.toml", 15)
}

// An outline has all secrets, SSH agents and caches that the steps of a build
// mount, and no others.
func TestOutlineHasAllMounts(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"image", "dir", "lock"} {
		opts := map[string]string{"target": target}
		_, data := call(t, asking("outline", private(), opts), "outline")
		var o outline.Outline
		require.NoError(t, json.Unmarshal(data, &o))
		said := map[string]bool{}
		for _, s := range o.Secrets {
			said["secret "+s.Name] = s.Required
		}
		for _, s := range o.SSH {
			said["ssh "+s.Name] = s.Required
		}
		for _, c := range o.Cache {
			said["cache "+c.ID] = false
		}

		built := newStub(private(), opts)
		_, err := buildForTest(t.Context(), built)
		require.NoError(t, err)
		assert.Equal(t, mounted(built.execs()), said, target)
	}
}

// mounted are what steps take of the client and of uv's cache, and whether they
// fail without.
func mounted(steps []*pb.ExecOp) map[string]bool {
	all := map[string]bool{}
	for _, step := range steps {
		for _, secret := range step.Secretenv {
			all["secret "+secret.ID] = !secret.Optional
		}
		for _, m := range step.Mounts {
			switch {
			case m.SecretOpt != nil:
				all["secret "+m.SecretOpt.ID] = !m.SecretOpt.Optional
			case m.SSHOpt != nil:
				all["ssh "+m.SSHOpt.ID] = !m.SSHOpt.Optional
			case m.CacheOpt != nil:
				all["cache "+m.CacheOpt.ID] = false
			}
		}
	}
	return all
}

// outlinedFunctions is the answer to an outline.
type outlinedFunctions struct {
	outline.Outline
	Functions []struct {
		Name, Handler string
		Location      *pb.Location
	}
}
