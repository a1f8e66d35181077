package lint

import (
	"cmp"
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
			"[AWS's table](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html) in November 2026, which says that they may change:\n\n" + deprecationTable(),
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

// deprecation is when AWS ends a runtime.
type deprecation struct {
	python string
	// day is that from which the runtime is deprecated.
	day string
	// create and update are the days from which no function can be created with it,
	// and none updated; empty as long as AWS names none.
	create, update string
}

// deprecations are from https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
func deprecations() []deprecation {
	const create, update = "2027-02-01", "2027-03-03"
	return []deprecation{
		{"3.9", "2025-12-15", create, update},
		{"3.10", "2026-10-31", create, update},
		{"3.11", "2027-06-30", "", ""},
		{"3.12", "2028-10-31", "", ""},
		{"3.13", "2029-06-30", "", ""},
		{"3.14", "2029-06-30", "", ""},
	}
}

func deprecationTable() string {
	table := "| Python | deprecated from | no function created from | no function updated from |\n|---|---|---|---|\n"
	for _, d := range deprecations() {
		table += fmt.Sprintf("| %s | %s | %s | %s |\n", d.python, d.day, cmp.Or(d.create, "not known"), cmp.Or(d.update, "not known"))
	}
	return table
}

func findDeprecated(in *Input) []finding {
	for _, d := range deprecations() {
		if d.python != in.Runtime.Version.String() || !reached(in.Today.Add(notice), d.day) {
			continue
		}
		state := "deprecates Python %s on %s"
		if reached(in.Today, d.day) {
			state = "has deprecated Python %s on %s" + d.blocks(in.Today)
		}
		return found(fmt.Sprintf("Lambda "+state+": move to a newer version", d.python, d.day), in.Spec.Locate("python"))
	}
	return nil
}

// blocks says what can't be done with a runtime any more, or soon.
func (d deprecation) blocks(today time.Time) string {
	if d.create == "" {
		return ""
	}
	since := func(day string) string {
		if reached(today, day) {
			return "since " + day
		}
		return "from " + day
	}
	return fmt.Sprintf(", and no function can be created with it %s, and none updated %s", since(d.create), since(d.update))
}

// reached reports whether a day of a deprecation has come.
func reached(today time.Time, day string) bool {
	t, err := time.Parse(time.DateOnly, day)
	return err == nil && !today.Before(t)
}
