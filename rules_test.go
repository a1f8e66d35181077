package uvlambda

import (
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

// rulePages is the folder of the pages of rules.
const rulePages = "docs/rules"

const rulesHead = `# Rules

What a check looks for: ` + "`docker buildx build --call=check -f pyproject.toml .`, or `uvlambda check`" + `, which prints the same. Both exit with 1 when something was found. A build prints the same findings as warnings, except the slow ones and those it will prove anyway; a check has them all but those that take what is installed. These pages are generated from the rules.

What a rule finds is a warning. To leave a rule out, name it; to have a build fail, say so:

` + "```toml" + `
[tool.uvlambda.check]
skip = ["Boto3Shipped"]
error = true
` + "```" + `

A function's own table ` + "`[tool.uvlambda.functions.NAME.check]`" + ` counts over that, key by key. A comment at the head of the build file, below the syntax line, says the same, and one build is told otherwise by ` + "`--build-arg BUILDKIT_DOCKERFILE_CHECK=…`" + `, both in the words that Dockerfiles have for it:

` + "```toml" + `
# check=skip=Boto3Shipped,UnpinnedImage;error=true
` + "```" + `

Precedence: build argument, then comment, then table. They are not merged. ` + "`skip=all`" + ` leaves out all rules. Mistakes are errors whatever they say: no build gets past them.

| rule | | looked at |
|---|---|---|
`

// TestRulePages holds the pages against the rules.
func TestRulePages(t *testing.T) {
	t.Parallel()
	index := rulesHead
	pages := map[string]bool{"README.md": true}
	for _, rule := range lint.Rules() {
		index += fmt.Sprintf("| [%s](%s.md) | %s | %s |\n", rule.Name, rule.Name, rule.Description, whenLookedAt(rule))
		pages[rule.Name+".md"] = true
		requireGenerated(t, path.Join(rulePages, rule.Name+".md"), rulePage(rule))
	}
	requireGenerated(t, path.Join(rulePages, "README.md"), index)
	entries, err := os.ReadDir(rulePages)
	require.NoError(t, err)
	for _, entry := range entries {
		assert.True(t, pages[entry.Name()], "%s is the page of no rule: remove it", entry.Name())
	}
}

// whenLookedAt says when a rule is looked at.
func whenLookedAt(rule lint.Rule) string {
	switch {
	case rule.Mistake:
		return "always: a mistake"
	case rule.BuildOnly:
		return "in a build"
	case rule.CheckOnly:
		return "in a check"
	default:
		return "in a check and in a build"
	}
}

// rulePage is the page of a rule.
func rulePage(rule lint.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n\nLooked at %s.\n\n%s\n", rule.Name, rule.Description, whenLookedAt(rule), strings.TrimSpace(rule.Why))
	writeExample(&b, "Bad", rule.Bad)
	writeExample(&b, "Good", rule.Good)
	return b.String()
}

// writeExample writes the files of an example, and what else there is to it.
func writeExample(b *strings.Builder, title string, e lint.Example) {
	fmt.Fprintf(b, "\n## %s\n", title)
	var given []string
	if e.Flags != "" {
		given = append(given, "`"+e.Flags+"`")
	}
	if e.Day != "" {
		given = append(given, "on "+e.Day)
	}
	if e.Large != "" {
		given = append(given, "60 MB in `"+e.Large+"`")
	}
	if e.Executable != "" {
		given = append(given, "`"+e.Executable+"` executable")
	}
	for _, l := range e.Libraries {
		given = append(given, "a file of the package "+l.Package+" that loads `"+l.Library+"`")
	}
	for _, at := range slices.Sorted(maps.Keys(e.Links)) {
		given = append(given, "a link `"+at+"` to `"+e.Links[at]+"`")
	}
	if len(given) > 0 {
		fmt.Fprintf(b, "\nWith %s:\n", strings.Join(given, ", "))
	}
	for _, file := range txtar.Parse([]byte(e.Files)).Files {
		if len(file.Data) == 0 {
			fmt.Fprintf(b, "\nThere is no `%s`.\n", file.Name)
			continue
		}
		fmt.Fprintf(b, "\n`%s`\n\n```%s\n%s```\n", file.Name, language(file.Name), file.Data)
	}
}

// language is what Markdown calls the language of a file.
func language(name string) string {
	switch path.Ext(name) {
	case ".toml", ".lock":
		return "toml"
	case ".py":
		return "python"
	default:
		return "text"
	}
}
