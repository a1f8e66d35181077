package planner

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// checkBuildArgs refuses build arguments that people know as variables of uv or
// of a build backend, and that no build reads: what they say belongs into the
// repository, where it is the same for uv on every machine. Values are not
// repeated, since they may hold a password.
func (in Input) checkBuildArgs() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(in.BuildArgs)) {
		remedy := argRemedy(name)
		if remedy == "" {
			continue
		}
		if holdsPassword(in.BuildArgs[name]) {
			remedy += "; its password is to be passed as the build secret UV_INDEX_<NAME>_PASSWORD, since build arguments are kept in the records of the build"
		}
		errs = append(errs, source.Errorf(in.Spec.Locate(), "the build argument %s is not read: %s", name, remedy))
	}
	return errors.Join(errs...)
}

// argRemedy says what to write instead of an argument; it is empty for those
// that are none of uv's.
func argRemedy(name string) string {
	const index = "name the index in pyproject.toml by [[tool.uv.index]] with `name`, `url`%s, and lock again"
	switch {
	case name == "UV_DEFAULT_INDEX" || name == "UV_INDEX_URL":
		return fmt.Sprintf(index, " and `default = true`")
	case name == "UV_INDEX" || name == "UV_EXTRA_INDEX_URL":
		return fmt.Sprintf(index, "")
	case name == "UV_FIND_LINKS":
		return "name the place in pyproject.toml by `find-links` of [tool.uv], and lock again"
	case strings.HasPrefix(name, "SETUPTOOLS_SCM_PRETEND_VERSION"):
		return "write `fallback_version` into [tool.setuptools_scm], or `fallback-version` into [tool.hatch.version], which count where there is no .git"
	default:
		return ""
	}
}

// holdsPassword looks for a URL with a password, of which an argument can hold
// several, each with a name before it.
func holdsPassword(value string) bool {
	return slices.ContainsFunc(strings.Fields(value), func(word string) bool {
		if name, rest, named := strings.Cut(word, "="); named && !strings.Contains(name, "://") {
			word = rest
		}
		parsed, err := url.Parse(word)
		if err != nil {
			return strings.Contains(word, "@")
		}
		_, has := parsed.User.Password()
		return has
	})
}
