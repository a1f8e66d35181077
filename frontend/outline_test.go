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

const proxyRows = `HTTP_PROXY                       proxy of http URLs
HTTPS_PROXY                      proxy of https URLs
FTP_PROXY                        proxy of ftp URLs
ALL_PROXY                        proxy of all other URLs
NO_PROXY                         hosts that are reached without a proxy
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

BUILD ARG           VALUE        DESCRIPTION
SOURCE_DATE_EPOCH   1700000000   time of the image, in seconds since 1970, or context
`+proxyRows+`
SECRET                      REQUIRED
UV_INDEX_COMPANY_USERNAME   
UV_INDEX_COMPANY_PASSWORD   
netrc                       
ca                          

`, text)
	assert.NotContains(t, string(data), "hunter2")
	var o outline.Outline
	require.NoError(t, json.Unmarshal(data, &o))
	var located []string
	for _, secret := range o.Secrets {
		located = append(located, secret.Name+" "+lineOf(o, secret.Location))
	}
	assert.Equal(t, []string{
		`UV_INDEX_COMPANY_USERNAME name = "company"`,
		`UV_INDEX_COMPANY_PASSWORD name = "company"`,
		`netrc dependencies = ["example-dist", "library"]`,
		`ca dependencies = ["example-dist", "library"]`,
	}, located)
	require.Len(t, o.Cache, 1)
	assert.Equal(t, "uvlambda/uv", o.Cache[0].ID)
	assert.Equal(t, `dependencies = ["example-dist", "library"]`, lineOf(o, o.Cache[0].Location))
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

SECRET   REQUIRED
netrc    
ca       

`},
		{"hello/zip", `TARGET:      hello/zip
DESCRIPTION: an archive with dependencies, members and application

BUILD ARG     VALUE   DESCRIPTION
HTTP_PROXY            proxy of http URLs
HTTPS_PROXY           proxy of https URLs
FTP_PROXY             proxy of ftp URLs
ALL_PROXY             proxy of all other URLs
NO_PROXY              hosts that are reached without a proxy

SECRET   REQUIRED
netrc    
ca       

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
	var o outline.Outline
	require.NoError(t, json.Unmarshal(data, &o))
	assert.Empty(t, o.Secrets)
	require.Len(t, o.Cache, 1)
	assert.Equal(t, "uvlambda/uv", o.Cache[0].ID)
	assert.Equal(t, `[project]`, lineOf(o, o.Cache[0].Location))
	assert.Len(t, o.Args, 6)
}
