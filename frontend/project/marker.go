package project

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"deps.dev/util/semver"
)

// marker is a parsed environment marker: a comparison, or the conjunction or
// disjunction of others (PEP 508, "Environment Markers").
type marker struct {
	any, all []marker
	left     operand
	operator string
	right    operand
}

// operand is one side of a comparison: a variable or a quoted string.
type operand struct {
	variable bool
	text     string
}

// evaluateMarker reports whether a marker holds in env. extras are the names
// for which `extra == name` is true. The empty marker always holds.
func evaluateMarker(text string, env Environment, extras map[string]bool) (bool, error) {
	if strings.TrimSpace(text) == "" {
		return true, nil
	}
	m, err := parseMarker(text)
	if err != nil {
		return false, fmt.Errorf("reading the marker %q: %w", text, err)
	}
	holds := func(release string) (bool, error) { return m.evaluate(situation{env, release, extras}) }
	var ok bool
	if env.python == nil {
		ok, err = holds("")
	} else {
		ok, err = env.python.decide(text, m.patches(env.python.Version), holds)
	}
	if err != nil {
		return false, fmt.Errorf("evaluating the marker %q: %w", text, err)
	}
	return ok, nil
}

// situation is what a marker is evaluated in: an environment whose interpreter
// is of a release, and the names for which `extra == name` is true.
type situation struct {
	env     Environment
	release string
	extras  map[string]bool
}

func (m marker) evaluate(in situation) (bool, error) {
	for _, alternative := range m.any {
		if ok, err := alternative.evaluate(in); ok || err != nil {
			return ok, err
		}
	}
	for _, condition := range m.all {
		if ok, err := condition.evaluate(in); !ok || err != nil {
			return false, err
		}
	}
	if m.operator == "" {
		return m.all != nil, nil
	}
	if m.left.isExtra() || m.right.isExtra() {
		return m.evaluateExtra(in.extras)
	}
	if m.left.isSet() || m.right.isSet() {
		return m.evaluateSet()
	}
	left, err := m.left.value(in)
	if err != nil {
		return false, err
	}
	right, err := m.right.value(in)
	if err != nil {
		return false, err
	}
	switch {
	case m.left.isVersion():
		return compareVersion(left, m.operator, right)
	case m.right.isVersion():
		return compareVersion(right, mirrored(m.operator), left)
	default:
		return compareText(left, m.operator, right)
	}
}

// patches are the patch releases of a Python that the marker names.
func (m marker) patches(v Version) []int {
	var named []int
	for _, part := range slices.Concat(m.any, m.all) {
		named = append(named, part.patches(v)...)
	}
	for _, sides := range [][2]operand{{m.left, m.right}, {m.right, m.left}} {
		// python_version has no patch release.
		if sides[0].isVersion() && sides[0].text != "python_version" && !sides[1].variable {
			named = append(named, patches(sides[1].text, v)...)
		}
	}
	return named
}

func (o operand) isExtra() bool { return o.variable && o.text == "extra" }

// isVersion reports whether PEP 508 gives the variable's value as a version.
func (o operand) isVersion() bool {
	return o.variable && slices.Contains(
		[]string{"python_version", "python_full_version", "implementation_version"}, o.text)
}

func (o operand) value(in situation) (string, error) {
	if !o.variable {
		return o.text, nil
	}
	value, ok := in.env.value(o.text, in.release)
	if !ok {
		return "", fmt.Errorf("unknown variable %s", o.text)
	}
	return value, nil
}

// evaluateExtra treats extra as the set of chosen extras, as uv does.
func (m marker) evaluateExtra(extras map[string]bool) (bool, error) {
	name := m.right
	if m.right.isExtra() {
		name = m.left
	}
	if name.variable {
		return false, fmt.Errorf("extra is compared with the variable %s, not with a name", name.text)
	}
	switch m.operator {
	case "==":
		return extras[NormalizeName(name.text)], nil
	case "!=":
		return !extras[NormalizeName(name.text)], nil
	default:
		return false, fmt.Errorf("extra cannot be compared with %q", m.operator)
	}
}

// isSet reports whether the variable is one of the two that PEP 751 has for the
// extras and groups of a pylock.toml.
func (o operand) isSet() bool {
	return o.variable && (o.text == "extras" || o.text == "dependency_groups")
}

// evaluateSet takes both sets for empty, as uv does in each lock, whatever
// extras and groups are chosen.
func (m marker) evaluateSet() (bool, error) {
	if m.left.variable || m.operator != "in" && m.operator != "not in" {
		set := m.left
		if m.right.isSet() {
			set = m.right
		}
		return false, fmt.Errorf("%s can only stand behind a name and `in` or `not in`", set.text)
	}
	return m.operator == "not in", nil
}

// mirrored gives the operator of a comparison whose sides are swapped.
func mirrored(operator string) string {
	switch operator {
	case "<":
		return ">"
	case "<=":
		return ">="
	case ">":
		return "<"
	case ">=":
		return "<="
	default:
		return operator
	}
}

// compareVersion compares by PEP 440 and, as PEP 508 says, as text when the
// other side is no version. As uv does, it takes a pre-release on the other side
// for the release that it leads to, and a list of versions after "in".
func compareVersion(value, operator, other string) (bool, error) {
	if operator == "in" || operator == "not in" {
		versions := strings.FieldsFunc(other, func(r rune) bool { return r == ' ' || r == ',' || r == '|' })
		found := slices.ContainsFunc(versions, func(v string) bool { return semver.PyPI.Compare(releaseOnly(v), value) == 0 })
		return found == (operator == "in"), nil
	}
	plain, star := strings.CutSuffix(strings.TrimSpace(other), ".*")
	release := releaseOnly(plain)
	if !isRelease(release) || star && operator != "==" && operator != "!=" {
		return compareText(value, operator, other)
	}
	from := semver.PyPI.Compare(value, release)
	switch {
	case star:
		within := from >= 0 && semver.PyPI.Compare(value, following(release)) < 0
		return within == (operator == "=="), nil
	case operator == "~=":
		series, _, ok := cutLast(release)
		return ok && from >= 0 && semver.PyPI.Compare(value, following(series)) < 0, nil
	default:
		return holdsFor(from, operator), nil
	}
}

// holdsFor reports whether a comparison with that sign satisfies an operator.
func holdsFor(sign int, operator string) bool {
	switch operator {
	case "<":
		return sign < 0
	case "<=":
		return sign <= 0
	case ">":
		return sign > 0
	case ">=":
		return sign >= 0
	case "!=":
		return sign != 0
	default:
		return sign == 0
	}
}

// following gives the first release that does not begin with the parts of
// another: "3.14" for "3.13".
func following(release string) string {
	before, last, ok := cutLast(release)
	number, _ := strconv.Atoi(last)
	if !ok {
		return strconv.Itoa(number + 1)
	}
	return before + "." + strconv.Itoa(number+1)
}

// cutLast takes the last part off a release that has several.
func cutLast(release string) (before, last string, ok bool) {
	i := strings.LastIndexByte(release, '.')
	if i < 0 {
		return "", release, false
	}
	return release[:i], release[i+1:], true
}

// compareText compares as Python compares strings.
func compareText(left, operator, right string) (bool, error) {
	switch operator {
	case "==", "===":
		return left == right, nil
	case "!=":
		return left != right, nil
	case "in":
		return strings.Contains(right, left), nil
	case "not in":
		return !strings.Contains(right, left), nil
	case "<":
		return left < right, nil
	case "<=":
		return left <= right, nil
	case ">":
		return left > right, nil
	case ">=":
		return left >= right, nil
	default:
		return false, fmt.Errorf("%q compares versions, and %q is none", operator, right)
	}
}
