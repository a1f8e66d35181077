package spec

import "github.com/uvlambda/uvlambda/frontend/source"

// rulesName is the table of what a check looks for.
const rulesName = "check"

// Check says which rules count, and for how much. Keys describes its fields.
type Check struct {
	// Skip are names of rules, which the package of the rules knows.
	Skip  []string
	Error bool
}

// checkKey is the table as a key of the one above it.
func checkKey() Key {
	return Key{
		Name: rulesName, Type: Group, Keys: ruleKeys(),
		Doc:     "Which lint rules apply, and whether they fail the build. A line `# check=skip=RULE,…;error=true` at the head of the file replaces it.",
		Default: "all rules count, as warnings",
		Example: "[tool.uvlambda.check]\nskip = [\"UnpinnedImage\"]\nerror = true",
		read:    func(t *source.Table, s *Spec) { readGroup(t, s, rulesName, ruleKeys()) },
	}
}

// ruleKeys are the keys of the table.
func ruleKeys() []Key {
	return []Key{
		{
			Name: "skip", Type: Strings,
			Doc:     "The names of the rules that do not count, or all.",
			Default: "none",
			Example: `skip = ["Boto3Shipped", "UnpinnedImage"]`,
			read:    func(t *source.Table, s *Spec) { s.Check.Skip = t.Strings(rulesName, "skip") },
		},
		{
			Name: "error", Type: Boolean,
			Doc:     "Whether what the rules find fails a build.",
			Default: "false",
			Example: "error = true",
			read:    func(t *source.Table, s *Spec) { s.Check.Error, _ = t.Bool(rulesName, "error") },
		},
	}
}
