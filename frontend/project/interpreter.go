package project

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"deps.dev/util/semver"
)

// newestPatch bounds the patch releases of a Python that are considered. No
// branch of CPython 3 has reached 30.
const newestPatch = 99

// Interpreter is the Python that a function runs on: a minor version, and its patch
// release when the base image was asked for it. It notes whether a decision depends
// on the patch release: the others hold for all patch releases.
type Interpreter struct {
	Version Version

	// full is empty when the patch release is not known.
	full string
	// newest is the patch release to go by as long as it is not known.
	newest int
	// because is the first text, a marker or a specifier, with different answers for
	// different patch releases. boundary is the newest patch release at which any
	// such answer changes.
	because  string
	boundary int
}

// NewInterpreter gives the Python of a minor version. full is its whole version
// as Python gives it, "3.13.5" or "3.15.0b2". When it is empty, decisions are
// made for the newest patch release that every specifier in requires allows.
func NewInterpreter(v Version, full string, requires []Specifier) *Interpreter {
	i := &Interpreter{Version: v, full: full}
	for i.newest = newestPatch; i.newest > 0; i.newest-- {
		release := i.release(i.newest)
		if !slices.ContainsFunc(requires, func(s Specifier) bool { return !s.Allows(release) }) {
			break
		}
	}
	return i
}

// DependsOnPatch gives the first text, a marker or a version specifier, whose
// meaning is not the same for all patch releases. It is empty when the
// decisions so far hold for all of them.
func (i *Interpreter) DependsOnPatch() string { return i.because }

// FullVersion is the version that the decisions so far were made for. When it
// is not known, that is the newest patch release at which one of them changes.
func (i *Interpreter) FullVersion() string {
	if i.full != "" {
		return i.full
	}
	return i.release(min(i.newest, i.boundary))
}

// Satisfies reports whether a specifier allows the interpreter. As for uv, a
// pre-release counts as the release that it leads to.
func (i *Interpreter) Satisfies(s Specifier) bool {
	// A parsed specifier does not fail.
	ok, _ := i.decide(s.text, patches(s.text, i.Version), func(release string) (bool, error) { return s.Allows(release), nil })
	return ok
}

// Is reports whether the interpreter is of a release, and false for one of
// another minor version.
func (i *Interpreter) Is(release string) bool {
	// Comparing texts does not fail.
	is, _ := i.decide(release, patches(release, i.Version), func(r string) (bool, error) { return r == release, nil })
	return is
}

// String is what errors call the version: whole when that decided something.
func (i *Interpreter) String() string {
	if i.because != "" && i.full != "" {
		return i.full
	}
	return i.Version.String()
}

// decide gives the answer of a text for the interpreter, and notes the text when
// the answer depends on the patch release. The answer can change only at the named
// patches, and right after them.
func (i *Interpreter) decide(text string, named []int, holds func(release string) (bool, error)) (bool, error) {
	var before bool
	for n, patch := range turns(named) {
		now, err := holds(i.release(patch))
		if err != nil {
			return false, err
		}
		if n > 0 && now != before {
			if i.because == "" {
				i.because = text
			}
			i.boundary = max(i.boundary, patch)
		}
		before = now
	}
	return holds(i.known())
}

// turns are the patch releases to compare, in order: the first one, the named ones
// and the one after each. There are none when nothing is named.
func turns(named []int) []int {
	if len(named) == 0 {
		return nil
	}
	all := []int{0}
	for _, patch := range named {
		if patch <= newestPatch {
			all = append(all, patch, patch+1)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// known is the release to go by, without what makes it a pre-release.
func (i *Interpreter) known() string {
	if i.full == "" {
		return i.release(i.newest)
	}
	return releaseOnly(i.full)
}

func (i *Interpreter) release(patch int) string { return fmt.Sprintf("%s.%d", i.Version, patch) }

// releasePart is the release in the text of a version, "3.13.0" in "3.13.0rc1".
var releasePart = regexp.MustCompile(`^\s*v?((?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*)`)

// isRelease tells what most markers name: a version of numbers alone.
func isRelease(version string) bool {
	return version != "" && strings.Trim(version, "0123456789.") == "" && version[0] != '.' && !strings.HasSuffix(version, ".") && !strings.Contains(version, "..")
}

// releaseOnly gives a version without what makes it a pre-release or the like,
// and any other text, such as "3.13.*", as it is.
func releaseOnly(version string) string {
	if isRelease(version) {
		return version
	}
	m := releasePart.FindStringSubmatch(version)
	if _, err := semver.PyPI.Parse(version); err != nil || m == nil || strings.Contains(version, "*") {
		return version
	}
	return m[1]
}

// threeParts are a version's first parts, of which the third may be missing.
var threeParts = regexp.MustCompile(`([0-9]+)\.([0-9]+)(?:\.([0-9]+))?[.0-9]*`)

// patches are the patch releases of v that a text with versions names. "3.13"
// names the first: nothing is between the two.
func patches(text string, v Version) []int {
	if !strings.Contains(text, v.String()) {
		// Most markers name another minor version.
		return nil
	}
	var named []int
	for _, m := range threeParts.FindAllStringSubmatch(text, -1) {
		if m[1] != strconv.Itoa(v.Major) || m[2] != strconv.Itoa(v.Minor) {
			continue
		}
		// Without digits it is 0. A number that does not fit is no patch release.
		patch, err := strconv.Atoi(m[3])
		if m[3] == "" || err == nil {
			named = append(named, patch)
		}
	}
	return named
}
