package project

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"deps.dev/util/semver"
)

// Specifier is a PEP 440 version specifier. The zero value allows all versions.
type Specifier struct {
	text string
	// clauses all have to match. The library is asked about each clause by itself,
	// since it is wrong about some specifiers that exclude versions in the middle.
	clauses []*semver.Constraint
}

// ParseSpecifier reads a version specifier. The library does not know "===",
// which for the plain versions met here means the same as "==", nor a comma at
// the end, which uv lets pass.
func ParseSpecifier(text string) (Specifier, error) {
	s := Specifier{text: text}
	for clause := range strings.SplitSeq(strings.ReplaceAll(strings.TrimSuffix(strings.TrimSpace(text), ","), "===", "=="), ",") {
		c, err := semver.PyPI.ParseConstraint(clause)
		if err != nil {
			return Specifier{}, fmt.Errorf("%q is not a version specifier: write it as in \">=3.12,<3.14\" (PEP 440)", text)
		}
		s.clauses = append(s.clauses, c)
	}
	return s, nil
}

// String is the specifier as it was written.
func (s Specifier) String() string { return s.text }

// Allows reports whether a version satisfies the specifier.
func (s Specifier) Allows(version string) bool {
	return !slices.ContainsFunc(s.clauses, func(clause *semver.Constraint) bool { return !clause.Match(version) })
}

// AllowsMinor reports whether some patch release of a minor version satisfies the
// specifier.
func (s Specifier) AllowsMinor(v Version) bool {
	for patch := range newestPatch + 1 {
		if s.Allows(fmt.Sprintf("%s.%d", v, patch)) {
			return true
		}
	}
	return false
}

// MatchUV reports whether a uv version satisfies [tool.uv] required-version: a
// PEP 440 specifier, or a bare version, which uv takes for an exact one.
func MatchUV(requiredVersion, version string) (bool, error) {
	if exact, ok := ExactUV(requiredVersion); ok {
		requiredVersion = "==" + exact
	}
	s, err := ParseSpecifier(requiredVersion)
	return err == nil && s.Allows(version), err
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
