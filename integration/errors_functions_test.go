package integration

import "testing"

// twoFunctions are tables of functions from line 8 on.
const twoFunctions = `[tool.uvlambda.functions.orders]
handler = "app.handler"

[tool.uvlambda.functions.receipts]
handler = "gone.handler"
`

// What can be wrong with several functions, and with the choice of one.
func TestMistakesInFunctions(t *testing.T) {
	t.Parallel()
	files := map[string]string{"pyproject.toml": projectTable + twoFunctions}
	checkMistakes(t, []mistake{
		{
			name:  "none is named",
			files: files,
			want: "pyproject.toml:8: there are several functions (orders, receipts): choose one, as in --target orders/image, " +
				"or build all with `uvlambda bake | docker buildx bake -f -`",
		},
		{
			name:  "unknown function",
			files: files,
			flags: []string{"--target", "order/image"},
			want:  `pyproject.toml:8: unknown function "order": did you mean "orders"?`,
		},
		{
			name:  "unknown output",
			files: files,
			flags: []string{"--target", "orders/zap"},
			want:  `unknown output "zap" in --target orders/zap: did you mean "zip"?`,
		},
		{
			name:  "neither a function nor an output",
			files: files,
			flags: []string{"--target", "ordres"},
			want:  `unknown target "ordres": did you mean "orders"?`,
		},
		{
			name:  "mistake in one of them",
			files: files,
			flags: []string{"--target", "receipts"},
			want: `pyproject.toml:12: handler "gone.handler": its module is not in the build context: there is no gone.py, gone/__init__.py, src/gone.py, src/gone/__init__.py; ` +
				"create it, correct the handler, or copy it with `include` (and check that .dockerignore does not hide it)",
		},
		{
			name:  "one file for two outputs",
			files: map[string]string{"pyproject.toml": projectTable + twoFunctions + "\n[tool.uvlambda.functions.orders-layer]\n"},
			flags: []string{"--target", "orders"},
			want:  `pyproject.toml:14: function "orders-layer" has the archive orders-layer.zip, and so has orders/layer: rename one of the two`,
		},
	})
}
