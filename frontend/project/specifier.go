package project

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"deps.dev/util/semver"
)

// specifier reads a PEP 440 version specifier. The library does not know "===",
// which for the plain versions met here means the same as "==", nor a comma at
// the end, which uv lets pass.
func specifier(s string) (clauses, error) {
	text := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSpace(s), ","), "===", "==")
	var all clauses
	for clause := range strings.SplitSeq(text, ",") {
		c, err := semver.PyPI.ParseConstraint(clause)
		if err != nil {
			return nil, fmt.Errorf("%q is not a version specifier: write it as in \">=3.12,<3.14\" (PEP 440)", s)
		}
		all = append(all, c)
	}
	return all, nil
}

// clauses are the parts of a specifier, which all have to match. The library is
// asked for each by itself, since it is wrong about some that exclude versions
// in the middle.
type clauses []*semver.Constraint

// match reports whether a version satisfies all clauses.
func (c clauses) match(version string) bool {
	return !slices.ContainsFunc(c, func(clause *semver.Constraint) bool { return !clause.Match(version) })
}

// Allows reports whether some patch release of v satisfies requires, a PEP 440
// specifier. An empty one allows everything.
func Allows(requires string, v Version) (bool, error) {
	c, err := specifier(requires)
	if err != nil {
		return false, err
	}
	for patch := range newestPatch + 1 {
		if c.match(fmt.Sprintf("%s.%d", v, patch)) {
			return true, nil
		}
	}
	return false, nil
}

// allowsRelease reports whether a release satisfies requires.
func allowsRelease(requires, release string) (bool, error) {
	c, err := specifier(requires)
	if err != nil {
		return false, err
	}
	return c.match(release), nil
}

// MatchUV reports whether a uv version satisfies [tool.uv] required-version: a
// PEP 440 specifier, or a bare version, which uv takes for an exact one.
func MatchUV(requiredVersion, version string) (bool, error) {
	if exact, ok := ExactUV(requiredVersion); ok {
		requiredVersion = "==" + exact
	}
	c, err := specifier(requiredVersion)
	if err != nil {
		return false, err
	}
	return c.match(version), nil
}

var exactVersion = regexp.MustCompile(`^(?:={2,3})?\s*([0-9]+\.[0-9]+\.[0-9]+)$`)

// ExactUV gives the version that required-version pins, if it pins one.
func ExactUV(requiredVersion string) (string, bool) {
	m := exactVersion.FindStringSubmatch(strings.TrimSpace(requiredVersion))
	if m == nil {
		return "", false
	}
	return m[1], true
}

// CompareVersions compares two PEP 440 versions: negative when a is older.
func CompareVersions(a, b string) int { return semver.PyPI.Compare(a, b) }
