// Package spec reads what a project says about its Lambda function: the table
// [tool.uvlambda] of pyproject.toml, or a uvlambda.toml with the same keys at
// its root.
package spec

import (
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// FileName is the file that holds the keys at its root. NAME.uvlambda.toml does
// so too.
const FileName = "uvlambda.toml"

// Values of Spec.Lock.
const (
	// LockChecked fails a build whose uv.lock does not match pyproject.toml.
	LockChecked = "checked"
	// LockUnchecked builds from uv.lock as it is.
	LockUnchecked = "unchecked"
)

// Spec is the checked content of the table, or of one function's table. Keys
// describes its fields. A key that is absent has its default, else its zero value.
type Spec struct {
	// Name is the function's; it is empty for the table itself.
	Name            string
	Handler         string
	Package         string
	Python          string // MAJOR.MINOR
	Architecture    string // "", "x86_64" or "arm64"
	Include         []Include
	Exclude         []string
	Groups          []string
	Extras          []string
	Env             map[string]string
	Labels          map[string]string
	Base            string     // an image, or for people where it is built from
	BaseFrom        Dockerfile // what the base is built from, if it is no image
	Builder         string
	Command         []string // what runs in place of a handler
	Entrypoint      []string
	User            string
	UV              string   // a version ("0.13.9") or an image reference
	CompileBytecode bool     // default true
	Lock            string   // LockChecked (default) or LockUnchecked
	Slim            []string // of the Slim constants
	Test            Test
	Check           Check

	// Present is set when the table exists at all.
	Present bool
	// Doc is the file the table was read from.
	Doc *source.Document
	// Prefix is the path of the table in Doc.
	Prefix []string

	// functions are the table's functions, inherited is the table that a function
	// stands in.
	functions []*Spec
	inherited *Spec
}

// Include is a file or folder to copy.
type Include struct {
	// Image is the image that has it; it is empty for the build context.
	Image string
	// From is relative to the build file's folder, and absolute in an image.
	From string
	// To is relative to the task root, or absolute for a place outside of it. A
	// slash at its end says that a file goes into that folder by its own name. It
	// is empty when the entry is a plain string.
	To     string
	Source plan.Location
}

// LocalIncludes are the includes of files of the build context.
func (s *Spec) LocalIncludes() []Include {
	return slices.DeleteFunc(slices.Clone(s.Include), func(i Include) bool { return i.Image != "" })
}

// Locate gives the lines of the deepest existing element of a path below the
// table. A function's keys are looked for in its own table first, and then in
// the one that it inherits.
func (s *Spec) Locate(path ...string) plan.Location {
	at := slices.Concat(s.Prefix, path)
	if s.inherited != nil && !s.Doc.Has(at...) && s.inherited.Says(path...) {
		return s.inherited.Locate(path...)
	}
	return s.Doc.Locate(at...)
}

// Says reports whether a path below the table is there, in the function's own
// table or in the one that it inherits.
func (s *Spec) Says(path ...string) bool {
	return s.Doc.Has(slices.Concat(s.Prefix, path)...) || s.inherited != nil && s.inherited.Says(path...)
}

// Parse reads the table from doc. Its error joins all mistakes in file order,
// each a *source.Error.
func Parse(doc *source.Document) (*Spec, error) {
	s := &Spec{Doc: doc, Prefix: prefix(doc.Name), CompileBytecode: true, Lock: LockChecked, Test: Test{Timeout: DefaultTimeout}}
	t := doc.Table(s.Prefix...)
	s.Present = t.Exists()
	readKeys(t, s, Keys())
	if err := t.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// readKeys reads a table over what s says already.
func readKeys(t *source.Table, s *Spec, keys []Key) {
	t.Map()
	checkNames(t, nil, keyNames(keys), tableName(s.Prefix))
	for _, key := range keys {
		if t.Value(key.Name) != nil {
			key.read(t, s)
		}
	}
}

func prefix(file string) []string {
	if base := path.Base(file); base == FileName || strings.HasSuffix(base, "."+FileName) {
		return nil
	}
	return []string{"tool", "uvlambda"}
}

// tableName names the table in messages; the root of a file has no name.
func tableName(prefix []string) string {
	if len(prefix) == 0 {
		return ""
	}
	return " in " + header(prefix)
}

// header is the line that begins a table.
func header(path []string) string { return "[" + strings.Join(path, ".") + "]" }

// checkNames refuses keys other than the known ones in the table at path.
func checkNames(t *source.Table, path, known []string, where string) {
	for _, name := range t.Keys(path...) {
		if !slices.Contains(known, name) {
			remedy := suggest.OneOf(name, known, "known are "+suggest.List(known))
			t.Add(append(slices.Clone(path), name), "unknown key %q%s: %s", name, where, remedy)
		}
	}
}
