package project

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// keepsPassword says why a password in a URL is refused, and the way around it.
const keepsPassword = "the URL holds a password, which would be kept in the records of the build: take it out, and pass a netrc file as --secret id=netrc,src=FILE"

// Passwords refuses URLs with a password in what the build reads of the project,
// without repeating them. InstallSettings does so for indexes.
func (p *Pyproject) Passwords() error {
	var errs []error
	for _, path := range [][]string{{"project"}, {"dependency-groups"}, {"build-system"}} {
		errs = append(errs, p.passwordsAt(p.Doc.Value(path...), path))
	}
	uv, _ := p.Doc.Value("tool", "uv").(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(uv)) {
		if strings.HasSuffix(key, "-proxy") {
			errs = append(errs, p.proxyPassword(key))
			continue
		}
		if !slices.Contains([]string{"index", "index-url", "extra-index-url", "find-links"}, key) {
			errs = append(errs, p.passwordsAt(uv[key], []string{"tool", "uv", key}))
		}
	}
	return errors.Join(errs...)
}

// proxyPassword refuses the URL of a proxy with a password.
func (p *Pyproject) proxyPassword(key string) error {
	if err := p.passwordsAt(p.UV[key], []string{"tool", "uv", key}); err == nil {
		return nil
	}
	return source.Errorf(p.Doc.Locate("tool", "uv", key), "the URL holds a password, which would be kept in the records of the build: take it out, and pass the proxy by --build-arg HTTPS_PROXY=URL and HTTP_PROXY=URL, which no layer and no cache key has")
}

// passwordsAt looks at a value and at all that it holds.
func (p *Pyproject) passwordsAt(value any, path []string) error {
	at := func(key string) []string { return slices.Concat(path, []string{key}) }
	var errs []error
	switch value := value.(type) {
	case string:
		if _, found := source.PasswordLine([]byte(value)); found {
			return source.Errorf(p.Doc.Locate(path...), "%s", keepsPassword)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			errs = append(errs, p.passwordsAt(value[key], at(key)))
		}
	case []any:
		for i := range value {
			errs = append(errs, p.passwordsAt(value[i], at(strconv.Itoa(i))))
		}
	case []map[string]any:
		for i := range value {
			errs = append(errs, p.passwordsAt(value[i], at(strconv.Itoa(i))))
		}
	}
	return errors.Join(errs...)
}

// passwordInLock refuses a lock with a password, which uv does not write by
// itself.
func passwordInLock(name string, data []byte) error {
	line, found := source.PasswordLine(data)
	if !found {
		return nil
	}
	return source.Errorf(plan.Location{File: name, Line: line, EndLine: line}, "%s and lock again", keepsPassword)
}
