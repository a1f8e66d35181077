package planner_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// functionTables are tables of functions, from line 2 on.
func functionTables(names ...string) string {
	text := "[tool.uvlambda]\n"
	for _, name := range names {
		text += "[tool.uvlambda.functions." + name + "]\n"
	}
	return text
}

func TestParseTarget(t *testing.T) {
	t.Parallel()
	var outputs []string
	for _, o := range plan.Outputs() {
		outputs = append(outputs, string(o))
	}
	list := strings.Join(outputs, ", ")
	tests := []struct {
		functions    []string
		target       string
		wantFunction string
		wantOutput   plan.Output
		wantErr      string
	}{
		{nil, "", "", plan.OutputImage, ""},
		{nil, "zip", "", plan.OutputZip, ""},
		{nil, "lock", "", plan.OutputLock, ""},
		{nil, "imgae", "", "", `unknown target "imgae": did you mean "image"?`},
		{nil, "everything", "", "", `unknown target "everything": --target takes ` + list},
		{nil, "api", "", "", `unknown target "api": did you mean "app"?`},
		{nil, "orders/zip", "", "", `pyproject.toml:1: unknown function "orders": there are none, define it as [tool.uvlambda.functions.orders]`},
		{[]string{"orders"}, "", "orders", plan.OutputImage, ""},
		{[]string{"orders"}, "layer", "orders", plan.OutputLayer, ""},
		{[]string{"orders"}, "orders", "orders", plan.OutputImage, ""},
		{[]string{"orders"}, "orders/dir", "orders", plan.OutputDir, ""},
		{[]string{"orders", "receipts"}, "receipts", "receipts", plan.OutputImage, ""},
		{[]string{"orders", "receipts"}, "receipts/app", "receipts", plan.OutputApp, ""},
		{[]string{"orders", "receipts"}, "lock", "", plan.OutputLock, ""},
		{
			[]string{"receipts", "orders"}, "", "", "",
			"pyproject.toml:2: there are several functions (receipts, orders): choose one, as in --target receipts/image, " +
				"or build all with `uvlambda bake | docker buildx bake -f -`",
		},
		{
			[]string{"receipts", "orders"}, "zip", "", "",
			"pyproject.toml:2: there are several functions (receipts, orders): choose one, as in --target receipts/zip, " +
				"or build all with `uvlambda bake | docker buildx bake -f -`",
		},
		{[]string{"receipts", "orders"}, "reciepts", "", "", `unknown target "reciepts": did you mean "receipts"?`},
		{
			[]string{"receipts", "orders"}, "everything", "", "",
			`unknown target "everything": --target takes [FUNCTION/]OUTPUT, of the functions receipts, orders and the outputs ` + list,
		},
		{[]string{"receipts", "orders"}, "order/zip", "", "", `pyproject.toml:2: unknown function "order": did you mean "orders"?`},
		{[]string{"receipts", "orders"}, "orders/zap", "", "", `unknown output "zap" in --target orders/zap: did you mean "zip"?`},
		{[]string{"receipts", "orders"}, "orders/", "", "", `unknown output "" in --target orders/: outputs are ` + list},
		{[]string{"receipts", "orders"}, "orders/zip/x", "", "", `unknown output "zip/x" in --target orders/zip/x: did you mean "zip"?`},
		{[]string{"orders"}, "orders/lock", "", "", `uv.lock is the same for all functions: use --target lock`},
		{[]string{"orders"}, "/image", "", "", `unknown target "/image": did you mean "image"?`},
	}
	for _, test := range tests {
		t.Run(strings.Join(append(slices.Clone(test.functions), test.target), " "), func(t *testing.T) {
			t.Parallel()
			doc, err := source.Parse("pyproject.toml", []byte(functionTables(test.functions...)))
			require.NoError(t, err)
			table, err := spec.Parse(doc)
			require.NoError(t, err)
			function, output, err := planner.ParseTarget(test.target, table)
			if test.wantErr != "" {
				require.EqualError(t, err, test.wantErr)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.wantFunction, function.Name)
			assert.Equal(t, test.wantOutput, output)
		})
	}
}

// twoFunctions is a project whose functions differ in all but what they
// install.
const twoFunctions = baseProject + `[tool.uvlambda]
env = { LEVEL = "info" }
[tool.uvlambda.functions.orders]
handler = "orders.handler"
[tool.uvlambda.functions.receipts]
handler = "receipts.handler"
include = ["templates"]
env = { LEVEL = "debug" }
labels = { team = "billing" }
`

// TestFunctionsShareSteps checks that nothing of a function is in the steps
// before its application, so that a builder runs them once for all.
func TestFunctionsShareSteps(t *testing.T) {
	t.Parallel()
	set := contextOf(map[string]string{
		"pyproject.toml": twoFunctions,
		"uv.lock": baseLock + "dependencies = [{ name = 'library' }, { name = 'numbers' }]\n\n" +
			"[[package]]\nname = 'library'\nversion = '1.0'\nsource = { directory = 'library' }\n\n" +
			"[[package]]\nname = 'numbers'\nversion = '1.0'\n" + index +
			"wheels = [{ url = 'https://packages.example.com/numbers-1.0-py3-none-any.whl', hash = 'sha256:00' }]\n",
		"library/pyproject.toml": "[project]\nname = 'library'\nversion = '1.0'\n",
		"orders.py":              "def handler(event, context): ...\n",
		"receipts.py":            "def handler(event, context): ...\n",
		"templates/receipt.txt":  "",
	})
	orders, err := newPlan(set, client{target: "orders"})
	require.NoError(t, err)
	receipts, err := newPlan(set, client{target: "receipts"})
	require.NoError(t, err)
	require.NotNil(t, plan.First[plan.Dependencies](orders))
	require.Len(t, plan.All[plan.Member](orders), 1)

	assert.Equal(t, []string{"orders", "receipts"}, []string{orders.Function, receipts.Function})
	assert.Equal(t, orders.Project, receipts.Project)
	assert.Equal(t, plan.First[plan.LockCheck](orders), plan.First[plan.LockCheck](receipts))
	assert.Equal(t, plan.First[plan.Export](orders), plan.First[plan.Export](receipts))
	assert.Equal(t, plan.First[plan.Dependencies](orders), plan.First[plan.Dependencies](receipts))
	assert.Equal(t, plan.All[plan.Member](orders), plan.All[plan.Member](receipts))
	assert.Equal(t, []string{"orders.py -> orders.py"}, copied(orders))
	assert.Equal(t, []string{"receipts.py -> receipts.py", "templates -> templates"}, copied(receipts))
	assert.Equal(t, "debug", receipts.Config.Env["LEVEL"])
	assert.Equal(t, "info", orders.Config.Env["LEVEL"])

	archive, err := newPlan(set, client{target: "orders/zip"})
	require.NoError(t, err)
	assert.Equal(t, "orders", plan.First[plan.Archive](archive).Name)
}

func TestMistakesInFunctions(t *testing.T) {
	t.Parallel()
	inherited := keys("groups = ['missing']\n[tool.uvlambda.functions.orders]\nhandler = 'app.handler'\n[tool.uvlambda.functions.receipts]\nhandler = 'gone.handler'\ngroups = []")
	checkMistakes(t, []mistake{
		{
			name: "inherited", client: client{target: "orders"}, files: inherited,
			want: `pyproject.toml:8: group "missing" does not exist in package api: it has none; define it in pyproject.toml, or remove it here`,
		},
		{
			name: "own", client: client{target: "receipts"}, files: inherited,
			want: "pyproject.toml:12: handler \"gone.handler\": its module is not in the build context: there is no gone.py, gone/__init__.py, src/gone.py, src/gone/__init__.py; " +
				"create it, correct the handler, or copy it with `include` (and check that .dockerignore does not hide it)",
		},
	})
}
