package project

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// UVUse says where a build reads an entry of [tool.uv].
type UVUse uint8

const (
	// UVPlans is an entry by which the plan is made.
	UVPlans UVUse = 1 << iota
	// UVLocks is an entry that uv reads where it locks, checks uv.lock and exports:
	// the shortened project file of these steps has it.
	UVLocks
	// UVInstalls is an entry that the steps which install and build packages pass to uv.
	UVInstalls
	// UVFetches is one of these that concerns the download of any package.
	UVFetches
)

// UVType is the TOML type of an entry of [tool.uv], with its article.
type UVType string

// The types of entries.
const (
	UVBoolean UVType = "a boolean"
	UVInteger UVType = "an integer"
	UVString  UVType = "a string"
	UVArray   UVType = "an array"
	UVTable   UVType = "a table"
)

// UVKey describes an entry of [tool.uv]. What a build makes of the entry is decided by
// this description, and docs/uv-settings.md is written from it.
type UVKey struct {
	Name string
	// Types are the types that uv takes, most often one.
	Types []UVType
	// Since is the first uv that knows the entry. It is empty when every uv knows
	// it that a build may use.
	Since string
	Use   UVUse
	// Doc says what a build makes of the entry.
	Doc string
	// Example is how the entry may stand below [tool.uv], or a table with a header
	// of its own.
	Example string

	// refuse gives what cannot work of the entry in the project that locks; it is
	// nil where there is no such thing.
	refuse func(p *Pyproject) error
}

// KnownUV is the newest uv whose entries UVKeys has.
const KnownUV = "0.13.9"

// UVKeys describes all entries of [tool.uv] that uv knows, sorted by name
// (https://docs.astral.sh/uv/reference/settings/).
func UVKeys() []UVKey {
	keys := slices.Concat(uvResolutionKeys(), uvIndexKeys(), uvBuildKeys(), uvWorkspaceKeys(), uvIdleKeys())
	slices.SortFunc(keys, func(a, b UVKey) int { return strings.Compare(a.Name, b.Name) })
	return keys
}

// FindUVKey gives the entry of that name.
func FindUVKey(name string) (UVKey, bool) {
	keys := UVKeys()
	i, ok := slices.BinarySearchFunc(keys, name, func(k UVKey, name string) int { return strings.Compare(k.Name, name) })
	if !ok {
		return UVKey{}, false
	}
	return keys[i], true
}

// Table is the example with the header that it stands below.
func (k UVKey) Table() string {
	if strings.HasPrefix(k.Example, "[") {
		return k.Example + "\n"
	}
	return "[tool.uv]\n" + k.Example + "\n"
}

// KnownTo tells whether a version of uv knows the entry. The version is empty
// when an image is named for uv, and then the entry counts as known.
func (k UVKey) KnownTo(uv string) bool {
	return uv == "" || k.Since == "" || CompareVersions(uv, k.Since) >= 0
}

// withoutIdle gives [tool.uv] without the entries that change nothing where uv locks,
// checks uv.lock and exports. What this version of the table does not know is kept: it
// is for uv to tell of it.
func withoutIdle(uv map[string]any) map[string]any {
	kept := map[string]any{}
	for name, value := range uv {
		if key, known := FindUVKey(name); !known || key.Use&UVLocks != 0 {
			kept[name] = value
		}
	}
	return kept
}

// CheckUV refuses entries of [tool.uv] with which nothing can be built, in the project
// that uv takes its settings from: the root of the workspace. Of an entry with the wrong
// type uv would not read any other.
func (p *Pyproject) CheckUV() error {
	var errs []error
	for _, name := range p.Doc.Keys("tool", "uv") {
		key, known := FindUVKey(name)
		if !known {
			continue
		}
		if err := key.checkType(p); err != nil {
			errs = append(errs, err)
		} else if key.refuse != nil {
			errs = append(errs, key.refuse(p))
		}
	}
	return errors.Join(errs...)
}

// checkType refuses a value of a type that uv does not take.
func (k UVKey) checkType(p *Pyproject) error {
	has := uvTypeOf(p.UV[k.Name])
	if slices.Contains(k.Types, has) {
		return nil
	}
	example, _, _ := strings.Cut(k.Example, "\n")
	return source.Errorf(p.Doc.Locate("tool", "uv", k.Name), "%s of [tool.uv] must be %s, not %s, or uv ignores the whole table: write it as in `%s`",
		k.Name, k.typeNames(), has, example)
}

// typeNames are the types that uv takes, for a sentence.
func (k UVKey) typeNames() string {
	var names []string
	for _, t := range k.Types {
		names = append(names, string(t))
	}
	return strings.Join(names, " or ")
}

// uvTypeOf is the type of a decoded value.
func uvTypeOf(value any) UVType {
	switch value.(type) {
	case bool:
		return UVBoolean
	case int64:
		return UVInteger
	case string:
		return UVString
	case []any, []map[string]any:
		return UVArray
	case map[string]any:
		return UVTable
	case float64:
		return "a float"
	default:
		return "a date or time"
	}
}

// checkManaged refuses a project that uv takes for none of its own.
func (p *Pyproject) checkManaged() error {
	if p.UV["managed"] == true {
		return nil
	}
	return source.Errorf(p.Doc.Locate("tool", "uv", "managed"), "managed = false keeps uv from locking the project, and a build goes by uv.lock: remove the line, or set it to true")
}

// checkDefaultGroups refuses default groups that are not there, as uv does.
func (p *Pyproject) checkDefaultGroups() error {
	var errs []error
	for i, name := range p.uvStrings("default-groups") {
		if !slices.Contains(p.Groups, NormalizeName(name)) {
			errs = append(errs, source.Errorf(p.Doc.Locate("tool", "uv", "default-groups", strconv.Itoa(i)), "default-groups names the group %q, which [dependency-groups] does not have, so uv refuses the project: %s",
				name, suggest.OneOf(name, p.Groups, "define it there, or remove it here")))
		}
	}
	return errors.Join(errs...)
}
