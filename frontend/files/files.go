// Package files describes the part of a build context that a plan is made
// from. The contents come from a BuildKit client or from a folder, and no decision
// depends on which.
package files

import (
	"maps"
	"slices"
)

// Kind is what stands at a path of the context.
type Kind int

const (
	// Missing is a path that does not exist.
	Missing Kind = iota
	// Regular is a file.
	Regular
	// Folder is a directory.
	Folder
	// Outside is a symbolic link that leads out of the context.
	Outside
	// Link is a symbolic link that was not followed, see Listing.
	Link
	// Special is a named pipe, a socket or a device.
	Special
	// Hidden is a file or a folder that an ignore file keeps from the build.
	Hidden
)

// Entry is a file, a folder or a link at a path, or their absence.
type Entry struct {
	Kind Kind
	// Data is the content of a file that was read, not only looked at.
	Data []byte
	// Link is where an Outside or a Link leads.
	Link string
	// Executable is set for a file of a Listing that may be run as a program.
	Executable bool
}

// Set holds entries by their slash-separated path, relative to the context.
type Set map[string]Entry

// Data gives the content of a file that was read.
func (s Set) Data(path string) ([]byte, bool) {
	e := s[path]
	return e.Data, e.Kind == Regular
}

// Content gives the content of a file that was read, also when an ignore file
// hides it: an ignore file changes what is sent, and not what the project is.
func (s Set) Content(path string) ([]byte, bool) {
	e := s[path]
	return e.Data, e.Kind == Regular || e.Kind == Hidden && e.Data != nil
}

// Hidden reports whether an ignore file hides the file or folder at path.
func (s Set) Hidden(path string) bool { return s[path].Kind == Hidden }

// Exists reports whether there is a file or a folder at path.
func (s Set) Exists(path string) bool {
	k := s[path].Kind
	return k == Regular || k == Folder
}

// Existing gives the paths of the files that were found, sorted.
func (s Set) Existing() []string {
	var paths []string
	for _, p := range slices.Sorted(maps.Keys(s)) {
		if s[p].Kind == Regular {
			paths = append(paths, p)
		}
	}
	return paths
}
