package initproject

import (
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// assign sets a variable, if its value is known.
func (s *scope) assign(lex *shell.Lex, variable instructions.KeyValuePair) {
	if value, err := s.expand(lex, variable.Value); err == nil {
		s.variables = append(s.variables, variable.Key+"="+value)
	}
}

// readEnv reads variables. Variables of uv and pip are settings of the
// installation, and are left out. Variables whose values only the base knows, such
// as a longer PATH, are the base's.
func (r *reader) readEnv(s *scope, c *instructions.EnvCommand, final bool) {
	for _, variable := range c.Env {
		line := baseLine{text: "ENV " + pair(variable), name: variable.Key, isEnv: true}
		_, err := s.expand(r.lex, variable.Value)
		switch {
		case !final:
		case r.isOfInstallation(s, variable):
			line = baseLine{}
		case err != nil:
			line.needed = true
		default:
			r.carry(s, c, r.env, "env", variable)
		}
		r.givesVersion = r.givesVersion || isVersionVariable(variable.Key)
		if line.text != "" {
			r.add(line)
		}
		s.assign(r.lex, variable)
	}
}

// pair is a variable with its value, as ENV sets it.
func pair(variable instructions.KeyValuePair) string {
	if variable.NoDelim {
		return variable.Key + " " + variable.Value
	}
	return variable.Key + "=" + variable.Value
}

// isOfInstallation reports whether a variable tells tools how to install, or
// Python where a virtual environment is: the image has none.
func (r *reader) isOfInstallation(s *scope, variable instructions.KeyValuePair) bool {
	switch {
	case strings.HasPrefix(variable.Key, "UV_"), strings.HasPrefix(variable.Key, "PIP_"), isVersionVariable(variable.Key):
		return true
	case variable.Key == "LAMBDA_TASK_ROOT":
		value, err := s.expand(r.lex, variable.Value)
		return err == nil && value == r.root
	case slices.Contains([]string{"PATH", "PYTHONPATH", "VIRTUAL_ENV"}, variable.Key):
		return variable.Key == "VIRTUAL_ENV" || !slices.ContainsFunc(strings.Split(strings.Trim(variable.Value, `"'`), ":"), func(dir string) bool {
			if value, err := s.expand(r.lex, dir); err == nil {
				dir = value
			}
			own := strings.Trim(dir, "${}") == variable.Key || slices.Contains([]string{"", r.root, r.root + "/bin"}, dir)
			return !own && !venvFolder.MatchString(dir)
		})
	default:
		return false
	}
}

// venvFolder is a virtual environment, as people call it.
var venvFolder = regexp.MustCompile(`(?:^|[/.])v?env(?:/|$)|VIRTUAL_ENV`)

// isVersionVariable reports whether a variable tells a build backend the version
// that it would ask git for.
func isVersionVariable(name string) bool {
	return slices.ContainsFunc(project.VersionVariables(), func(known string) bool {
		return name == known || strings.HasPrefix(name, known+"_FOR_")
	})
}
