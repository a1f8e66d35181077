package initproject

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadDeployments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		want  []string
	}{
		"SAM": {map[string]string{"template.yaml": `AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Architecture: {Type: String, Default: arm64}
Globals:
  Function:
    Runtime: python3.13
    Architectures: [!Ref Architecture]
Resources:
  HelloWorldFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: hello_world/
      Handler: app.lambda_handler
      Policies: [!Sub 'arn:aws:iam::${AWS::AccountId}:policy/x', !GetAtt Table.Arn]
  Other:
    Type: AWS::Serverless::Function
    Properties: {Handler: jobs/nightly.run, Runtime: python3.12, Architectures: [x86_64]}
  Node:
    Type: AWS::Serverless::Function
    Properties: {Handler: index.handler, Runtime: nodejs22.x}
  Image:
    Type: AWS::Serverless::Function
    Properties: {PackageType: Image, ImageConfig: {Command: [images.run]}}
  ImageOfItsOwn:
    Type: AWS::Serverless::Function
    Properties: {PackageType: Image, Architectures: [x86_64]}
  Table:
    Type: AWS::DynamoDB::Table
`}, []string{
			"template.yaml: HelloWorldFunction = app.lambda_handler in hello_world, python3.13, arm64",
			"template.yaml: Other = jobs/nightly.run in ., python3.12, x86_64",
			"template.yaml: Image = images.run in ., , arm64",
			"template.yaml: ImageOfItsOwn =  in ., , x86_64",
		}},
		"SAM in a folder, with what only the deployment knows": {map[string]string{"deploy/template.yml": `Resources:
  A:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: ../src, Handler: app.handler, Runtime: python3.13, Architectures: [!Ref AWS::Region]}
  B:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: s3://bucket/key, Handler: app.handler, Runtime: python3.13}
  C:
    Type: AWS::Serverless::Function
    Properties: {Handler: !Ref Unknown, Runtime: python3.13}
`}, []string{"deploy/template.yml: A = app.handler in src, python3.13, "}},
		"Serverless": {map[string]string{"serverless.yml": `service: shop
provider:
  name: aws
  runtime: python3.13
  architecture: arm64
  stage: ${opt:stage, 'dev'}
functions:
  hello:
    handler: handler.hello
  createOrder:
    handler: ./src/orders/create.handler
    architecture: x86_64
  page: {handler: page.handler, runtime: nodejs22.x}
`}, []string{
			"serverless.yml: hello = handler.hello in ., python3.13, arm64",
			"serverless.yml: createOrder = src/orders/create.handler in ., python3.13, x86_64",
		}},
		"Terraform": {map[string]string{"infra/main.tf": `
resource "aws_lambda_function" "orders" {
  function_name = "orders-${var.stage}"
  handler       = "app.handler"
  runtime       = local.runtime
  architectures = ["arm64"]
  filename      = data.archive_file.orders.output_path
  role          = aws_iam_role.lambda.arn
}
resource "aws_lambda_function" "node" {
  handler = "index.handler"
  runtime = "nodejs22.x"
}
resource "aws_lambda_function" "image" {
  package_type = "Image"
  image_uri    = aws_ecr_repository.x.url
  image_config {
    command = ["images.run"]
  }
}
module "nightly" {
  source      = "terraform-aws-modules/lambda/aws"
  handler     = "jobs.run"
  runtime     = var.python
  source_path = "${path.module}/../nightly"
}
module "vpc" { source = "terraform-aws-modules/vpc/aws" }
`, "infra/variables.tf": `
variable "stage" {}
variable "python" { default = "python3.12" }
locals { runtime = "python3.13" }
data "archive_file" "orders" {
  type        = "zip"
  source_dir  = "${path.module}/../orders"
  output_path = "${path.module}/orders.zip"
}
data "x" {}
`}, []string{
			"infra/main.tf: orders = app.handler in orders, python3.13, arm64",
			"infra/main.tf: image = images.run in ., , ",
			"infra/main.tf: nightly = jobs.run in nightly, python3.12, ",
		}},
		"CDK in Python": {map[string]string{"shop/stack.py": `from aws_cdk import aws_lambda as _lambda
from aws_cdk.aws_lambda_python_alpha import PythonFunction

class Stack(cdk.Stack):
    def __init__(self):
        PythonFunction(self, "OrdersFunction",
            entry="services/orders",
            index="app.py",
            handler="lambda_handler",
            runtime=_lambda.Runtime.PYTHON_3_13,
            architecture=_lambda.Architecture.ARM_64,
            environment={"A": str(1)},
        )
        _lambda.Function(self, "Page", runtime=_lambda.Runtime.PYTHON_3_12,
            handler="page.handler", code=_lambda.Code.from_asset("page"))
        _lambda.Function(self, "Node", runtime=_lambda.Runtime.NODEJS_22_X, handler="index.handler", code=_lambda.Code.from_asset("node"))
`}, []string{
			"shop/stack.py: OrdersFunction = app.lambda_handler in services/orders, python3.13, arm64",
			"shop/stack.py: Page = page.handler in page, python3.12, ",
		}},
		"CDK in TypeScript": {map[string]string{"lib/stack.ts": `import * as lambda from 'aws-cdk-lib/aws-lambda';
new PythonFunction(this, 'Orders', {
  entry: path.join(__dirname, '../orders'),
  runtime: lambda.Runtime.PYTHON_3_13,
});
new PythonFunction(this, 'Known', { entry: entryOf('later'), runtime: lambda.Runtime.PYTHON_3_13 });
`}, []string{"lib/stack.ts: Orders = index.handler in orders, python3.13, "}},
		"malformed": {map[string]string{
			"template.yaml": "a: [", "serverless.yml": "- &a [*a]\n- functions: 1", "main.tf": "resource {", "x.tf": "data {}\nmodule {}\nresource \"aws_lambda_function\" {}\n", "template.json": "\x00",
		}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range readDeployments(folder(test.files)) {
				got = append(got, describe(d))
			}
			assert.Equal(t, test.want, got)
		})
	}
}

// proposed is the text that is added to pyproject.toml, and the proposal with its
// remarks.
func proposed(t *testing.T, project string, files map[string]string) (table string, p *Proposal) {
	t.Helper()
	all := map[string]string{"pyproject.toml": project, ".dockerignore": ""}
	for name, text := range files {
		all[name] = text
	}
	dir := newProject(t, all)
	p, err := Propose(Request{Dir: dir})
	require.NoError(t, err)
	written := contents(t, p, dir)["pyproject.toml"]
	require.NoError(t, p.Write())
	again, err := Propose(Request{Dir: dir})
	require.NoError(t, err)
	assert.Empty(t, again.Files, "a second run")
	return written[min(len(project), len(written)):], p
}

func TestProposeFunctions(t *testing.T) {
	t.Parallel()
	const sam = "Resources:\n  HelloWorldFunction:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: hello_world, Handler: app.lambda_handler, Runtime: %s}\n"
	helpers := map[string]string{"hello_world/app.py": "import helpers\ndef lambda_handler(event, context): ...\n", "hello_world/helpers.py": ""}
	tests := map[string]struct {
		files   map[string]string
		want    string
		remarks int
	}{
		"several": {map[string]string{"orders.py": lambdaCode, "jobs/nightly.py": "import common\n" + lambdaCode, "common.py": ""},
			"\n[tool.uvlambda.functions.nightly]\nhandler = \"jobs.nightly.handler\"\ninclude = [\"common.py\"]\n\n[tool.uvlambda.functions.orders]\nhandler = \"orders.handler\"\n", 0},
		"several of one module": {map[string]string{"orders.py": "def create_handler(event, context): ...\ndef delete_handler(event, context): ...\n"},
			"\n[tool.uvlambda.functions.create]\nhandler = \"orders.create_handler\"\n\n[tool.uvlambda.functions.delete]\nhandler = \"orders.delete_handler\"\n", 0},
		"the same name twice": {map[string]string{"a/app.py": lambdaCode, "b/a/app.py": lambdaCode},
			"\n[tool.uvlambda.functions.a]\nhandler = \"a.app.handler\"\n\n[tool.uvlambda.functions.a-2]\nhandler = \"b.a.app.handler\"\n", 0},
		"a folder that is the task root": {helpers, "\n[tool.uvlambda]\nhandler = \"app.lambda_handler\"\ninclude = [{ from = \"hello_world\", to = \".\" }]\n", 0},
		"SAM": {with(helpers, "template.yaml", fmt.Sprintf(sam, "python3.13")),
			"\n[tool.uvlambda]\nhandler = \"app.lambda_handler\"\npython = \"3.13\"\narchitecture = \"x86_64\"\ninclude = [{ from = \"hello_world\", to = \".\" }]\n", 1},
		"SAM's Python is too old": {with(helpers, "template.yaml", fmt.Sprintf(sam, "python3.9")),
			"\n[tool.uvlambda]\nhandler = \"app.lambda_handler\"\narchitecture = \"x86_64\"\ninclude = [{ from = \"hello_world\", to = \".\" }]\n", 2},
		"SAM names what is not there": {map[string]string{"template.yaml": fmt.Sprintf(sam, "python3.13"), "a.py": lambdaCode}, "\n[tool.uvlambda]\nhandler = \"a.handler\"\narchitecture = \"x86_64\"\n", 1},
		"several alike": {map[string]string{"serverless.yml": "provider: {runtime: python3.13, architecture: arm64}\nfunctions:\n  createOrder: {handler: src/orders.create}\n  zip: {handler: other.handler, architecture: x86_64}\n",
			"src/orders.py": "def create(event, context): ...\n", "other.py": lambdaCode},
			"\n[tool.uvlambda]\npython = \"3.13\"\n\n[tool.uvlambda.functions.create-order]\nhandler = \"src.orders.create\"\narchitecture = \"arm64\"\n\n[tool.uvlambda.functions.zip-function]\nhandler = \"other.handler\"\narchitecture = \"x86_64\"\n", 1},
		"application": {map[string]string{"main.py": "from fastapi import FastAPI\napp = FastAPI()\n"},
			"\n[tool.uvlambda]\nhandler = \"lambda_function.handler\"\ninclude = [\"main.py\"]\n", 1},
		"Dockerfile, and the architecture that it is deployed for": {map[string]string{"Dockerfile": lambda + "CMD [\"app.handler\"]\n", "app.py": lambdaCode,
			"template.yaml": "Resources:\n  F: {Type: AWS::Serverless::Function, Properties: {PackageType: Image, Architectures: [arm64]}}\n"},
			"\n[tool.uvlambda]\nhandler = \"app.handler\"\npython = \"3.13\"\narchitecture = \"arm64\"\n", 0},
		"Dockerfile whose handler has a sibling": {map[string]string{"Dockerfile": lambda + "CMD [\"app.handler\"]\n", "app.py": "import helpers\n" + lambdaCode, "helpers.py": ""},
			"\n[tool.uvlambda]\nhandler = \"app.handler\"\npython = \"3.13\"\ninclude = [\"helpers.py\"]\n", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, p := proposed(t, freshProject+"requires-python = '>=3.12'\n", test.files)
			assert.Equal(t, test.want, table)
			assert.Len(t, p.Remarks, test.remarks, p.Remarks)
		})
	}
}

// with is a copy of some files with another.
func with(files map[string]string, name, text string) map[string]string {
	all := map[string]string{name: text}
	for n, t := range files {
		all[n] = t
	}
	return all
}

// What is written for an application has all that it needs.
func TestProposeAdapter(t *testing.T) {
	t.Parallel()
	_, p := proposed(t, freshProject, map[string]string{"src/shop/__init__.py": "", "src/shop/web.py": "from starlette.applications import Starlette\nsite = Starlette()\n"})
	assert.Equal(t, "from mangum import Mangum\n\nfrom shop.web import site\n\nhandler = Mangum(site)\n", string(p.Files[0].New))
	assert.Equal(t, []string{"mangum"}, p.Requirements)
	assert.Contains(t, p.Settings, `handler = "shop.lambda_function.handler"`)
}

// The table of a project that is set up already gets what its handler needs.
func TestProposeCorrections(t *testing.T) {
	t.Parallel()
	table, p := proposed(t, freshProject+"[tool.uvlambda]\nhandler = \"app.handler\"\n", map[string]string{"app.py": "import helpers\n" + lambdaCode, "helpers.py": ""})
	assert.Equal(t, "include = [\"helpers.py\"]\n", table)
	assert.Empty(t, p.Replacements)

	dir := newProject(t, map[string]string{"pyproject.toml": freshProject + "[tool.uvlambda]\nhandler = \"one.handler.handler\"\n", "src/__init__.py": "", "src/one/handler.py": "from src.one import x\n" + lambdaCode})
	p, err := Propose(Request{Dir: dir})
	require.NoError(t, err)
	require.Len(t, p.Replacements, 1)
	assert.Equal(t, `handler = "src.one.handler.handler"`, p.Replacements[0].New)
}

func TestProposeArchitecture(t *testing.T) {
	t.Parallel()
	for project, want := range map[string]string{
		freshProject: "\n[tool.uvlambda]\nhandler = \"main.handler\"\narchitecture = \"arm64\"\n",
		freshProject + "[tool.uvlambda]\nhandler = 'main.handler'\n": "",
	} {
		dir := newProject(t, map[string]string{"pyproject.toml": project, ".dockerignore": "", "main.py": lambdaCode})
		p, err := Propose(Request{Dir: dir, Architecture: "arm64"})
		require.NoError(t, err)
		written := contents(t, p, dir)["pyproject.toml"]
		assert.Equal(t, want, written[min(len(project), len(written)):])
	}
}

// The files of a workspace's root name the functions of its members.
func TestProposeForAMemberThatTheRootDeploys(t *testing.T) {
	t.Parallel()
	dir := newProject(t, map[string]string{
		"pyproject.toml": "[project]\nname = 'shop'\n[tool.uv.workspace]\nmembers = ['services/*']\n",
		"template.yaml": "Globals: {Function: {Runtime: python3.13, Architectures: [arm64]}}\nResources:\n" +
			"  Orders: {Type: AWS::Serverless::Function, Properties: {CodeUri: services/orders, Handler: run.start}}\n" +
			"  Other: {Type: AWS::Serverless::Function, Properties: {CodeUri: services/other, Handler: run.start}}\n",
		"services/orders/pyproject.toml": freshProject, "services/orders/run.py": "def start(event, context): ...\n",
		"services/other/pyproject.toml": "[project]\nname = 'other'\n", "services/other/run.py": "def start(event, context): ...\n",
	})
	p, err := Propose(Request{Dir: filepath.Join(dir, "services", "orders")})
	require.NoError(t, err)
	assert.Equal(t, freshProject+"\n[tool.uvlambda]\nhandler = \"run.start\"\npython = \"3.13\"\narchitecture = \"arm64\"\n", contents(t, p, dir)["services/orders/pyproject.toml"])
	assert.Equal(t, []string{"The deployed functions were read from " + filepath.Join(dir, "template.yaml") + "."}, p.Remarks)
}

// FuzzReadDeployments reads any text as any of the files.
func FuzzReadDeployments(f *testing.F) {
	f.Add(0, "Resources: {A: {Type: AWS::Serverless::Function, Properties: &p {Handler: a.b, Runtime: [python3.13], CodeUri: !Sub '${x}'}}}\nParameters: *p\n")
	f.Add(1, "provider: &a [*a]\nfunctions: {x: {handler: *a}}\n")
	f.Add(2, "data {}\nresource \"aws_lambda_function\" \"x\" {\n  handler = \"a.b\"\n  runtime = \"python3.13\"\n  filename = data.archive_file\n}\n")
	f.Add(3, "aws_cdk PythonFunction(self, 'x', runtime=Runtime.PYTHON_3_13, entry='a'")
	f.Fuzz(func(t *testing.T, kind int, text string) {
		name := []string{"template.yaml", "serverless.yml", "main.tf", "stack.py"}[uint(kind)%4]
		for _, d := range readDeployments(folder(map[string]string{name: text})) {
			assert.Equal(t, name, d.file)
		}
	})
}

// describe says what was read of a function.
func describe(d deployed) string {
	return fmt.Sprintf("%s: %s = %s in %s, %s, %s", d.file, d.name, d.handler, d.dir, d.runtime, d.architecture)
}
