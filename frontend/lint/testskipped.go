package lint

import "github.com/uvlambda/uvlambda/plan"

// testSkipped finds tests that the builder cannot run.
func testSkipped() Rule {
	return Rule{
		Name:        "TestSkipped",
		Description: "The function's test should run",
		Why: "The test of a function runs in its own image, on the builder. One for another architecture runs where the builder emulates that, and is skipped otherwise: the build then passes without it. " +
			"Use a builder of the function's architecture, or install QEMU on yours.",
		Bad: Example{Flags: "--platform linux/arm64", Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
test = { on-build = true }
`},
		Good: Example{Flags: "--platform linux/amd64", Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
test = { on-build = true }
`},
		find: findSkippedTest,
	}
}

// findSkippedTest asks the work of the test, which says why it cannot run.
func findSkippedTest(in *Input) []finding {
	for st, test := range plan.Each[plan.Test](in.Plan) {
		if test.Skip != "" {
			return found("the test is skipped: "+test.Skip, st.Source)
		}
	}
	return nil
}
