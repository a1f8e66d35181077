package spec

import "github.com/uvlambda/uvlambda/frontend/source"

// checkTable is the table that says which rules of a check count.
const checkTable = "check"

// Check says which rules count, and for how much. Keys describes its fields.
type Check struct {
	// Skip are names of rules, which the package of the rules knows.
	Skip  []string
	Error bool
}

// checkKey is the table check as a key of [tool.uvlambda].
func checkKey() Key {
	return Key{
		Name: checkTable, Type: Group, Keys: checkKeys(),
		Doc:     "Which lint rules apply, and whether they fail the build. A line `# check=skip=RULE,…;error=true` at the head of the file replaces it.",
		Default: "all rules count, as warnings",
		Example: "[tool.uvlambda.check]\nskip = [\"UnpinnedImage\"]\nerror = true",
		read:    func(t *source.Table, s *Spec) { readGroup(t, s, checkTable, checkKeys()) },
	}
}

// checkKeys are the keys of the table check.
func checkKeys() []Key {
	return []Key{
		{
			Name: "skip", Type: Strings,
			Doc:     "The names of the rules that do not count, or all.",
			Default: "none",
			Example: `skip = ["Boto3Shipped", "UnpinnedImage"]`,
			read:    func(t *source.Table, s *Spec) { s.Check.Skip = t.Strings(checkTable, "skip") },
		},
		{
			Name: "error", Type: Boolean,
			Doc:     "Whether what the rules find fails a build.",
			Default: "false",
			Example: "error = true",
			read:    func(t *source.Table, s *Spec) { s.Check.Error, _ = t.Bool(checkTable, "error") },
		},
	}
}
