package lint

import (
	"fmt"
	"time"
)

// notice is how long before a runtime's deprecation the warning begins. AWS tells
// its users as early.
const notice = 180 * 24 * time.Hour

// runtimeDeprecated finds runtimes that are deprecated, or soon will be.
func runtimeDeprecated() Rule {
	return Rule{
		Name:        "RuntimeDeprecated",
		Description: "The function should run on a Python that Lambda supports",
		Why: "A deprecated runtime gets no security updates; later no function can be created with it, and then none updated. The warning starts 180 days before. The dates are from " +
			"[AWS's table](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html) in July 2026, which says that they may change:\n\n" + deprecationTable(),
		Bad: Example{Day: "2027-02-01", Files: `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.11"

[tool.uvlambda]
handler = "app.handler"
python = "3.11"
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "greeting"
version = "1.0.0"
source = { virtual = "." }
`},
		Good: Example{Day: "2027-02-01", Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
python = "3.13"
`},
		find: findDeprecated,
	}
}

// deprecation is the day from which a runtime is deprecated.
type deprecation struct{ python, day string }

// deprecations are from https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
func deprecations() []deprecation {
	return []deprecation{
		{"3.9", "2025-12-15"},
		{"3.10", "2026-10-31"},
		{"3.11", "2027-06-30"},
		{"3.12", "2028-10-31"},
		{"3.13", "2029-06-30"},
		{"3.14", "2029-06-30"},
	}
}

func deprecationTable() string {
	table := "| Python | deprecated from |\n|---|---|\n"
	for _, d := range deprecations() {
		table += fmt.Sprintf("| %s | %s |\n", d.python, d.day)
	}
	return table
}

func findDeprecated(in *Input) []finding {
	for _, d := range deprecations() {
		day, err := time.Parse(time.DateOnly, d.day)
		if d.python != in.Runtime.Version.String() || err != nil || in.Today.Before(day.Add(-notice)) {
			continue
		}
		state := "deprecates Python %s on %s"
		if !in.Today.Before(day) {
			state = "has deprecated Python %s on %s"
		}
		return found(fmt.Sprintf("Lambda "+state+": move to a newer version", d.python, d.day), in.Spec.Locate("python"))
	}
	return nil
}
