package buildflags

import (
	"strings"

	"github.com/tonistiigi/go-csvvalue"

	"github.com/uvlambda/uvlambda/frontend"
)

// secretFields are the fields of a --secret by their keys. Malformed ones are
// left to BuildKit's own parser.
func secretFields(secret string) map[string]string {
	fields, err := csvvalue.Fields(secret, nil)
	if err != nil {
		return nil
	}
	named := map[string]string{}
	for _, field := range fields {
		key, value, _ := strings.Cut(field, "=")
		named[strings.ToLower(key)] = value
	}
	return named
}

// secrets are the secrets that the client has, for errors that are about them.
// BuildKit takes one from a variable that is not set for an empty one.
func (f Flags) secrets(env Environment) []frontend.Secret {
	var all []frontend.Secret
	for _, secret := range f.Secrets {
		fields := secretFields(secret)
		variable := fields["env"]
		if variable == "" && fields["type"] == "env" {
			variable = fields["src"] + fields["source"]
		}
		if _, set := env.LookupEnv(variable); set {
			variable = ""
		}
		all = append(all, frontend.Secret{ID: fields["id"], Unset: variable})
	}
	return all
}
