package project

import (
	"fmt"
	"regexp"
	"strings"
)

// pinned matches the requests for CPython that uv writes and reads:
// "3.13", "3.13.2", "cpython@3.13", "cpython-3.13.2-linux-x86_64-gnu", "cp313".
var pinned = regexp.MustCompile(`^(?:(?:cpython|cp|python)[@-]?)?([0-9])\.?([0-9]{1,2})(?:[.a-z+-].*)?$`)

// pinnedRelease matches a request that names a patch release.
var pinnedRelease = regexp.MustCompile(`^(?:[a-z]+[@-]?)?([0-9]\.[0-9]{1,2}\.[0-9]{1,2})(?:$|[-+])`)

// PinnedRelease gives the patch release that a .python-version file names, as in
// "3.13.2", and nothing when it names none.
func PinnedRelease(data []byte) string {
	for line := range strings.Lines(string(data)) {
		entry, _, _ := strings.Cut(line, "#")
		entry = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(entry, "\ufeff")))
		if m := pinnedRelease.FindStringSubmatch(entry); m != nil {
			return m[1]
		}
		if entry != "" {
			break
		}
	}
	return ""
}

// ParsePythonVersionFile reads a .python-version file, of which the first entry
// that is no comment counts
// (https://docs.astral.sh/uv/concepts/python-versions/#python-version-files).
func ParsePythonVersionFile(data []byte) (Version, error) {
	for line := range strings.Lines(string(data)) {
		entry, _, _ := strings.Cut(line, "#")
		entry = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(entry, "\ufeff")))
		if entry == "" {
			continue
		}
		m := pinned.FindStringSubmatch(entry)
		if m == nil {
			return Version{}, fmt.Errorf(
				"%q does not name a version of CPython: write it as MAJOR.MINOR, such as 3.13", entry)
		}
		return ParseVersion(m[1] + "." + m[2])
	}
	return Version{}, fmt.Errorf("there is no version in it: write one as MAJOR.MINOR, such as 3.13")
}
