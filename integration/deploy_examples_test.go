package integration

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/uvlambda/uvlambda/integration/aws"
)

// TestDeployExamples checks each folder of examples/deploy with the tool that
// it is for, beside the outputs that it deploys.
func TestDeployExamples(t *testing.T) {
	t.Parallel()
	clients := installClients(t)
	dir := env.Example(t, "fastapi")
	for target, out := range map[string]string{"zip": "dist", "dir": "build"} {
		env.CLI().MustBuild(t, dir, "--platform", "linux/amd64", "--target", target, "-o", filepath.Join(dir, out))
	}
	checks := map[string]func(*testing.T, deployExample){
		"terraform": checkTerraform,
		"sam":       checkSAM,
		"cdk":       checkCDK,
		"github":    checkGitHub,
		"gitlab":    checkGitLab,
	}
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			example := deployExample{clients: clients, dir: filepath.Join(t.TempDir(), name)}
			require.NoError(t, os.CopyFS(example.dir, os.DirFS(dir)))
			require.NoError(t, os.CopyFS(example.dir, os.DirFS(example.source(name))))
			check(t, example)
		})
	}
}

// deployExample is a folder of examples/deploy laid over a built project.
type deployExample struct {
	clients aws.Clients
	dir     string
}

// source is a folder or file of examples/deploy itself.
func (deployExample) source(name ...string) string {
	return filepath.Join(append([]string{env.Root, "examples", "deploy"}, name...)...)
}

// run runs a program in the example's folder, as far as possible without the
// network.
func (e deployExample) run(t *testing.T, program string, args ...string) {
	t.Helper()
	command := env.Command(t.Context(), program, args...)
	command.Dir = e.dir
	command.Env = append(command.Env,
		"PATH="+e.clients.Bin()+string(os.PathListSeparator)+os.Getenv("PATH"),
		"AWS_REGION="+aws.Region,
		"SAM_CLI_TELEMETRY=0",
		"CDK_DISABLE_CLI_TELEMETRY=true",
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=1")
	succeed(t, command)
}

// checkTerraform evaluates the expressions that read the build's JSON, and has
// terraform look at the file where there is one. It can't validate resources:
// their provider comes from a registry of its own.
func checkTerraform(t *testing.T, e deployExample) {
	function := terraformResource(t, filepath.Join(e.dir, "main.tf"), e.dir, "zip")
	archive, err := os.ReadFile(function["filename"])
	require.NoError(t, err)
	require.Equal(t, sum(archive), function["source_code_hash"])
	require.Equal(t, "python3.13", function["runtime"])
	require.Equal(t, "x86_64", function["architectures"])
	require.Equal(t, "app.main.handler", function["handler"])
	t.Run("fmt", func(t *testing.T) {
		if _, err := exec.LookPath("terraform"); err != nil {
			t.Skip("terraform is not on PATH, and no package registry has it")
		}
		e.run(t, "terraform", "fmt", "-check", "-diff")
	})
}

// terraformResource gives the attributes of a resource that are strings, or
// lists of one, as far as they depend on locals and files only.
func terraformResource(t *testing.T, file, module, name string) map[string]string {
	t.Helper()
	parsed, problems := hclparse.NewParser().ParseHCLFile(file)
	require.Empty(t, problems)
	scope := &hcl.EvalContext{
		Variables: map[string]cty.Value{"path": cty.ObjectVal(map[string]cty.Value{"module": cty.StringVal(module)})},
		Functions: map[string]function.Function{"jsondecode": stdlib.JSONDecodeFunc, "file": readFile},
	}
	found := map[string]string{}
	locals := map[string]cty.Value{}
	for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
		for _, attribute := range inOrder(block.Body.Attributes) {
			value, problems := attribute.Expr.Value(scope)
			switch {
			case block.Type == "locals":
				require.Empty(t, problems)
				locals[attribute.Name] = value
				scope.Variables["local"] = cty.ObjectVal(locals)
			case slices.Equal(block.Labels, []string{"aws_lambda_function", name}) && !problems.HasErrors():
				if value.Type().IsTupleType() {
					value = value.Index(cty.NumberIntVal(0))
				}
				found[attribute.Name] = value.AsString()
			}
		}
	}
	return found
}

// readFile is Terraform's function file.
var readFile = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "path", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		content, err := os.ReadFile(args[0].AsString())
		return cty.StringVal(string(content)), err
	},
})

// inOrder sorts attributes by their place in the file.
func inOrder(attributes hclsyntax.Attributes) []*hclsyntax.Attribute {
	var sorted []*hclsyntax.Attribute
	for _, attribute := range attributes {
		sorted = append(sorted, attribute)
	}
	slices.SortFunc(sorted, func(a, b *hclsyntax.Attribute) int {
		return a.SrcRange.Start.Byte - b.SrcRange.Start.Byte
	})
	return sorted
}

// checkSAM validates the template, with cfn-lint for the CloudFormation that it
// means.
func checkSAM(t *testing.T, e deployExample) {
	e.run(t, e.clients.Program("yamllint"), "--strict", "-c", e.source("yamllint.yaml"), "template.yaml")
	e.run(t, e.clients.Program("sam"), "validate", "--lint", "--template", "template.yaml")
	require.FileExists(t, filepath.Join(e.dir, "build", "app", "main.py"))
}

// checkCDK synthesizes the stack, which copies the code that it will upload.
func checkCDK(t *testing.T, e deployExample) {
	cdk, err := e.clients.CDK(t.Context())
	if errors.Is(err, aws.ErrNoNode) {
		t.Skip(err)
	}
	require.NoError(t, err)
	e.run(t, cdk, "synth", "--quiet", "--no-notices")
	assets, err := filepath.Glob(filepath.Join(e.dir, "cdk.out", "asset.*"))
	require.NoError(t, err)
	require.Len(t, assets, 1)
	require.Equal(t, listFiles(t, filepath.Join(e.dir, "build")), listFiles(t, assets[0]))
	template, err := os.ReadFile(filepath.Join(e.dir, "cdk.out", "FastAPI.template.json"))
	require.NoError(t, err)
	require.True(t, bytes.Contains(template, []byte(`/fastapi-app:1`)), "the stack has no image")
}

// checkGitHub lints the workflows and the inputs of the actions they use.
func checkGitHub(t *testing.T, e deployExample) {
	files, err := filepath.Glob(filepath.Join(e.dir, "*.yml"))
	require.NoError(t, err)
	require.Len(t, files, 3)
	e.run(t, "go", append([]string{"-C", filepath.Join(env.Root, "tools", "actionlint"), "tool", "actionlint", "-shellcheck=", "-pyflakes="}, files...)...)
	e.run(t, e.clients.Program("yamllint"), append([]string{"--strict", "-c", e.source("yamllint.yaml")}, files...)...)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(content), "# .github/workflows/"+filepath.Base(file)+":"), "%s does not say where it goes", file)
	}
}

// checkGitLab holds the pipeline against GitLab's own schema.
func checkGitLab(t *testing.T, e deployExample) {
	e.run(t, e.clients.Program("yamllint"), "--strict", "-c", e.source("yamllint.yaml"), ".gitlab-ci.yml")
	e.run(t, e.clients.Program("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", ".gitlab-ci.yml")
}
