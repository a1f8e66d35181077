package integration

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// bareProject is a project without a table and without dependencies.
const bareProject = "[project]\nname = \"job\"\nversion = \"1.0\"\nrequires-python = \"==3.13.*\"\ndependencies = []\n"

// okHandler is a function that answers when its module was imported.
const okHandler = "def handler(event, context):\n    return \"ok\"\n"

// TestInitProposesWhatRuns takes over projects of many shapes: each proposal
// builds, and its handler is imported and answers.
func TestInitProposesWhatRuns(t *testing.T) {
	t.Parallel()
	const sam = "Resources:\n  HelloWorldFunction:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: hello_world/\n      Handler: app.lambda_handler\n      Runtime: python3.13\n      Policies: !Sub '${AWS::StackName}'\n"
	tests := map[string]struct {
		files map[string]string
		flags string
		// proposed is a part of what init prints, functions are built one by one.
		proposed  string
		functions []string
	}{
		"src is a package": {
			files:    map[string]string{"src/__init__.py": "", "src/one/__init__.py": "x = 1\n", "src/one/handler.py": "from src.one import x\n" + okHandler, "src/two/__init__.py": ""},
			proposed: `handler = "src.one.handler.handler"`,
		},
		"src is a package and the table says otherwise": {
			files: map[string]string{"pyproject.toml": bareProject + "\n[tool.uvlambda]\nhandler = \"one.handler.handler\"\n",
				"src/__init__.py": "", "src/one/__init__.py": "x = 1\n", "src/one/handler.py": "from src.one import x\n" + okHandler},
			flags: "--force",
		},
		"tests beside": {
			files:    map[string]string{"auth.py": strings.Replace(okHandler, "handler", "lambda_handler", 1), "test_auth.py": "from auth import lambda_handler\nimport pytest\ndef test_x():\n    lambda_handler({}, None)\n"},
			proposed: `handler = "auth.lambda_handler"`,
		},
		"Dockerfile with an argument": {
			files:    map[string]string{"app.py": okHandler, "Dockerfile": "ARG PYTHON_VERSION\nFROM public.ecr.aws/lambda/python:${PYTHON_VERSION}\nCOPY app.py ${LAMBDA_TASK_ROOT}/\nCMD [\"app.handler\"]\n"},
			proposed: `handler = "app.handler"`,
		},
		"siblings": {
			files:    map[string]string{"app.py": "import helpers\n" + okHandler, "helpers.py": "from lib import x\n", "lib/__init__.py": "x = 1\n"},
			proposed: `include = ["helpers.py", "lib"]`,
		},
		"siblings of a handler that the table names": {
			files:    map[string]string{"pyproject.toml": bareProject + "\n[tool.uvlambda]\nhandler = \"app.handler\"\n", "app.py": "import helpers\n" + okHandler, "helpers.py": ""},
			proposed: `include = ["helpers.py"]`,
		},
		"SAM": {
			files:    map[string]string{"template.yaml": sam, "hello_world/__init__.py": "", "hello_world/app.py": "import helpers\n" + strings.Replace(okHandler, "handler", "lambda_handler", 1), "hello_world/helpers.py": ""},
			proposed: `include = [{ from = "hello_world", to = "." }]`,
		},
		"Serverless": {
			files: map[string]string{"serverless.yml": "provider:\n  runtime: python3.13\nfunctions:\n  createOrder:\n    handler: src/orders/create.handler\n  nightly:\n    handler: nightly.handler\n",
				"src/orders/create.py": "import common\n" + okHandler, "common.py": "", "nightly.py": okHandler},
			proposed:  `[tool.uvlambda.functions.create-order] handler = "src.orders.create.handler"`,
			functions: []string{"create-order", "nightly"},
		},
		"Terraform": {
			files: map[string]string{"infra/main.tf": "variable \"python\" {\n  default = \"python3.13\"\n}\ndata \"archive_file\" \"f\" {\n  type = \"zip\"\n  source_dir = \"${path.module}/../code\"\n  output_path = \"f.zip\"\n}\nresource \"aws_lambda_function\" \"f\" {\n  handler = \"app.handler\"\n  runtime = var.python\n  filename = data.archive_file.f.output_path\n}\n",
				"code/app.py": "import helpers\n" + okHandler, "code/helpers.py": ""},
			proposed: `include = [{ from = "code", to = "." }]`,
		},
		"CDK": {
			files: map[string]string{"cdk.json": "{}", "stack.py": "from aws_cdk import aws_lambda\nfrom aws_cdk.aws_lambda_python_alpha import PythonFunction\n\ndef stack(self):\n    PythonFunction(self, 'Orders', entry='orders', index='app.py', handler='handler', runtime=aws_lambda.Runtime.PYTHON_3_13)\n",
				"orders/app.py": "import helpers\n" + okHandler, "orders/helpers.py": ""},
			proposed: `handler = "app.handler"`,
		},
		"several": {
			files:     map[string]string{"orders.py": strings.Replace(okHandler, "handler", "order_handler", 1), "a/receipts.py": "from a.x import y\n" + okHandler, "a/x.py": "y = 1\n"},
			functions: []string{"order", "receipts"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "pyproject.toml"), bareProject)
			for file, text := range test.files {
				writeFile(t, filepath.Join(dir, file), text)
			}
			out := shell(t, dir, newestUV, "uvlambda init "+test.flags)
			require.Contains(t, out, test.proposed)
			require.NotContains(t, out, "Not taken over")
			shell(t, dir, newestUV, "uvlambda build --target lock -o . .")
			functions := test.functions
			if len(functions) == 0 {
				functions = []string{""}
			}
			for _, function := range functions {
				image := filepath.Join(t.TempDir(), "image.tar")
				answer := shell(t, dir, newestUV, "uvlambda build --target '"+function+"' -o type=oci,dest="+image+" . && uvlambda invoke "+image)
				require.JSONEq(t, `"ok"`, answer, function)
			}
			require.True(t, strings.HasPrefix(shell(t, dir, newestUV, "uvlambda init"), "Nothing to change: all is in place.\n"))
		})
	}
}

// TestInitOfAnASGIApplication does what init says about an application that has
// no handler.
func TestInitOfAnASGIApplication(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "pyproject.toml"), strings.Replace(bareProject, "[]", `["fastapi"]`, 1))
	writeFile(t, filepath.Join(dir, "main.py"), "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get(\"/\")\ndef hello():\n    return \"Hello, world!\"\n")
	out := shell(t, dir, newestUV, "uvlambda init")
	require.Contains(t, out, "\nNext:\n  uv add mangum\n")
	image := filepath.Join(t.TempDir(), "image.tar")
	event := filepath.Join(env.Root, "examples", "fastapi", "event.json")
	// What uv add writes; uv itself would want a Python 3.13 on this machine.
	replaceIn(t, filepath.Join(dir, "pyproject.toml"), `["fastapi"]`, `["fastapi", "mangum"]`)
	answer := shell(t, dir, newestUV, "uvlambda build --target lock -o . . && uvlambda build -o type=oci,dest="+image+" . && uvlambda invoke "+image+" --event "+event)
	require.Contains(t, answer, "Hello, world!")
}
