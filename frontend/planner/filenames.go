package planner

import (
	"unicode/utf8"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// WrongName is the error of a file, or a folder, whose name is not UTF-8; nil
// for any other. Neither a zip archive nor what tells of files can hold such a
// name.
func WrongName(name string, at plan.Location) error {
	if utf8.ValidString(name) {
		return nil
	}
	return source.Errorf(at, "the name of the file %q is not UTF-8: rename it, or leave it out by the line %s in .dockerignore", name, files.Exactly(name))
}
