package initproject

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHandlers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		modules map[string]string
		want    []string
	}{
		"assigned":                     {map[string]string{"app/main.py": "handler = Mangum(app)\n"}, []string{"app.main.handler"}},
		"SAM's name":                   {map[string]string{"app.py": "def lambda_handler(event, context): ...\n"}, []string{"app.lambda_handler"}},
		"package":                      {map[string]string{"src/my_shop/main.py": lambdaCode}, []string{"my_shop.main.handler"}},
		"package beside":               {map[string]string{"my_shop/app.py": lambdaCode}, []string{"my_shop.app.handler"}},
		"other module":                 {map[string]string{"main.py": "def main(): ...\n", "jobs/nightly.py": "async def lambda_handler(e, c): ...\n"}, []string{"jobs.nightly.lambda_handler"}},
		"package that imports its own": {map[string]string{"api/__init__.py": "from api.entry import handler\n", "api/entry.py": lambdaCode}, []string{"api.entry.handler"}},
		"package itself":               {map[string]string{"src/my_shop/__init__.py": lambdaCode}, []string{"my_shop.handler"}},
		"another name of the same":     {map[string]string{"a.py": lambdaCode + "lambda_handler = handler\n"}, []string{"a.handler"}},
		"import of another's":          {map[string]string{"a.py": "from b import handler\n", "b.py": lambdaCode}, []string{"b.handler"}},
		"import of a dependency's":     {map[string]string{"a.py": "from wrapper import handler\n"}, []string{"a.handler"}},
		"name of one's own":            {map[string]string{"orders.py": "def order_handler(event, context): ...\n"}, []string{"orders.order_handler"}},
		"parameters alone":             {map[string]string{"orders.py": "def process(event, context): ...\n"}, []string{"orders.process"}},
		"parameters with types":        {map[string]string{"a.py": "async def run(event: dict[str, int], _context, *, log=None) -> str: ...\n"}, []string{"a.run"}},
		"a name counts more":           {map[string]string{"a.py": "def process(event, context): ...\n", "b.py": lambdaCode}, []string{"b.handler"}},
		"other parameters":             {map[string]string{"a.py": "def f(context, event): ...\ndef g(event): ...\ndef h(event, context, more): ...\nclass A:\n    def i(event, context): ...\ndef j():\n    def k(event, context): ...\n"}, nil},
		"text that looks like one":     {map[string]string{"a.py": "\"\"\"\ndef handler(event, context): ...\n\"\"\"\n"}, nil},
		"several":                      {map[string]string{"a.py": lambdaCode, "b.py": "def lambda_handler(event, context): ...\n"}, []string{"a.handler", "b.lambda_handler"}},
		"tests": {map[string]string{"test_auth.py": "from auth import lambda_handler\n", "auth_test.py": lambdaCode, "conftest.py": lambdaCode, "tests/x.py": lambdaCode,
			"test/x.py": lambdaCode, "auth.py": lambdaCode}, []string{"auth.handler"}},
		"environments and other projects": {map[string]string{".venv/x.py": lambdaCode, "env/pyvenv.cfg": "", "env/x.py": lambdaCode, "lib/pyproject.toml": "", "lib/x.py": lambdaCode, "a.py": lambdaCode}, []string{"a.handler"}},
		"src is a package":                {map[string]string{"src/__init__.py": "", "src/one/handler.py": lambdaCode}, []string{"src.one.handler.handler"}},
		"src is a namespace":              {map[string]string{"src/one/handler.py": "from src.one import x\n" + lambdaCode}, []string{"src.one.handler.handler"}},
		"malformed":                       {map[string]string{"a.py": "def handler(event, context)\n", "b.py": lambdaCode}, []string{"b.handler"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := readSources(folder(test.modules))
			require.NoError(t, err)
			var got []string
			for _, c := range s.handlers() {
				got = append(got, c.handler)
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestApplications(t *testing.T) {
	t.Parallel()
	s, err := readSources(folder(map[string]string{
		"main.py":    "import fastapi\n\napp: fastapi.FastAPI = fastapi.FastAPI(title='x')\n",
		"text.py":    "'''\napp = FastAPI()\n'''\n",
		"indoors.py": "def make():\n    app = FastAPI()\n    return app\n",
	}))
	require.NoError(t, err)
	assert.Equal(t, []application{{"main.py", "app", "FastAPI"}}, s.applications())
}

func TestSiblings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		modules map[string]string
		handler string
		want    []string
	}{
		"module":            {map[string]string{"app.py": "import helpers\n", "helpers.py": "", "other.py": ""}, "app.handler", []string{`"helpers.py"`}},
		"by another":        {map[string]string{"app.py": "from helpers import x\n", "helpers.py": "import lib.db as db\n", "lib/__init__.py": "", "lib/db.py": "import conf\n", "conf.py": ""}, "app.handler", []string{`"conf.py"`, `"helpers.py"`, `"lib"`}},
		"in a function":     {map[string]string{"app.py": "def handler(event, context):\n    import helpers\n", "helpers.py": ""}, "app.handler", []string{`"helpers.py"`}},
		"of a package":      {map[string]string{"app/main.py": "from . import x\nfrom app import y\nimport json\n", "app/x.py": "import common\n", "app/y.py": "", "common/__init__.py": ""}, "app.main.handler", []string{`"common"`}},
		"folder of modules": {map[string]string{"app.py": "from lib.db import x\n", "lib/db.py": ""}, "app.handler", []string{`"lib"`}},
		"below src":         {map[string]string{"src/app.py": "import helpers\n", "src/helpers.py": ""}, "app.handler", []string{`{ from = "src/helpers.py", to = "helpers.py" }`}},
		"src itself":        {map[string]string{"src/__init__.py": "", "src/app.py": "from src import helpers\n", "src/helpers.py": ""}, "src.app.handler", nil},
		"the wheel's":       {map[string]string{"app.py": "import job\n", "job/__init__.py": ""}, "app.handler", nil},
		"for type checkers": {map[string]string{"app.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import helpers\n", "helpers.py": ""}, "app.handler", nil},
		"a dependency":      {map[string]string{"app.py": "import requests\n"}, "app.handler", nil},
		"a member":          {map[string]string{"app.py": "import lib\n", "lib/pyproject.toml": "", "lib/__init__.py": ""}, "app.handler", nil},
		"no such module":    {map[string]string{"app.py": "import helpers\n", "helpers.py": ""}, "gone.handler", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := readSources(folder(test.modules))
			require.NoError(t, err)
			assert.Equal(t, test.want, s.siblings(test.handler, "job"))
		})
	}
}
