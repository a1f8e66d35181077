package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestBoto3Shipped(t *testing.T) {
	t.Parallel()
	shipped := mustLookup(t, "Boto3Shipped").Bad
	const warning = "pyproject.toml:5: boto3, botocore (14 MB to download) would be shipped beside the copies in Lambda's runtime: " +
		"set boto3 in [tool.uvlambda.slim], to true to leave them out, or to false to keep them"
	for keys, want := range map[string][]string{
		"":                                       {warning},
		"slim = { boto3 = false }":               nil,
		"slim = { tests = true }":                {warning},
		"base = \"registry.example.com/base:1\"": nil,
	} {
		e := lint.Example{Files: strings.Replace(shipped.Files, `handler = "app.handler"`, "handler = \"app.handler\"\n"+keys, 1)}
		assert.Equal(t, want, messages(t, e), keys)
	}
	unsized := lint.Example{Files: strings.NewReplacer(", size = 13900000", "", ", size = 139000", "").Replace(shipped.Files)}
	assert.Equal(t, []string{strings.Replace(warning, " (14 MB to download)", "", 1)}, messages(t, unsized))
}
