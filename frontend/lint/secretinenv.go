package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// secretInEnv finds values of env that look like secrets.
func secretInEnv() Rule {
	return Rule{
		Name:        "SecretInEnv",
		Description: "env should not hold secrets",
		Why: "Values of `env` are in the build file, and so in the repository, and in the configuration of the image, which everybody who may pull it can read. " +
			"Give the function the name of a secret instead, and let it read that from AWS Secrets Manager or the Parameter Store; or set the variable where the function is deployed.\n\n" +
			"This looks at the variable's name (such as `…_PASSWORD`, `…_TOKEN`, `…_API_KEY`) and at values in the form of well-known keys. Names that end in `_ARN`, `_ID`, `_NAME`, `_PATH`, `_FILE`, `_URL` or `_PARAMETER` lead to a secret, and are let pass. The value is never repeated.",
		Bad: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
env = { DATABASE_PASSWORD = "correct horse" }
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
env = { DATABASE_PASSWORD_NAME = "prod/database" }
`},
		find: findSecrets,
	}
}

var (
	secretName = regexp.MustCompile(`(?i)(^|_)(api_?key|access_?key|auth|credentials?|passw(or)?d|passphrase|private_?key|pwd|secret(_?key)?|token)$`)
	// secretValue matches keys by the form that their issuers give them, PEM
	// blocks, and URLs with a password.
	secretValue = regexp.MustCompile(`^(AKIA|ASIA)[A-Z0-9]{16}$|^(ghp|gho|ghs|ghu)_[A-Za-z0-9]{20,}$|^github_pat_|^glpat-|^xox[abpr]-|^sk_live_|^pypi-Ag|-----BEGIN [A-Z ]*PRIVATE KEY-----|^[a-z][a-z0-9+.-]*://[^/@:\s]*:[^/@\s]+@`)
)

func findSecrets(in *Input) []finding {
	var all []finding
	for _, name := range slices.Sorted(maps.Keys(in.Spec.Env)) {
		value := in.Spec.Env[name]
		if value == "" || !secretName.MatchString(name) && !secretValue.MatchString(value) {
			continue
		}
		all = append(all, finding{
			fmt.Sprintf("env %s looks like a secret, and everybody who has the image can read it: let the function read it from a secret store, or set it where the function is deployed", name),
			in.Spec.Locate("env", name),
		})
	}
	return all
}
