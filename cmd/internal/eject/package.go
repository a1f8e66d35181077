package eject

import (
	"bytes"
	"fmt"
	"path"
	"reflect"
	"slices"

	"github.com/BurntSushi/toml"

	"github.com/uvlambda/uvlambda/plan"
)

// packages are the stages of the packages that are installed by themselves: one
// for each, so that another version of one leaves the others as they are.
func (r *renderer) packages() []string {
	var stages []string
	for st, work := range plan.Each[plan.Package](r.plan) {
		stages = append(stages, fmt.Sprintf("# %[1]s is a package in a layer of its own.\nFROM installer-$TARGETARCH AS %[1]s\n", packageStage(work))+
			r.installFrom(listOf(work), st, &work.Install))
	}
	return stages
}

// packageStage is the name of a package's stage.
func packageStage(work *plan.Package) string { return "package-" + work.Name }

// listOf is the list of one package, in the stage that reads uv.lock.
func listOf(work *plan.Package) string { return path.Join(lockPath, "pylock."+work.Name+".toml") }

// onlyPackage are the arguments of an export of one package.
func onlyPackage(args []string, name string) []string {
	var only []string
	for i, arg := range args {
		if arg != "--no-emit-package" && (i == 0 || args[i-1] != "--no-emit-package") {
			only = append(only, arg)
		}
	}
	return append(only, "--only-emit-package", name)
}

// packageSettings is the uv.toml of packages that are all large: of the project's
// settings each has what concerns it.
func (r *renderer) packageSettings() string {
	all := map[string]any{}
	for _, i := range r.plan.Installs() {
		settings := map[string]any{}
		// The planner has written it.
		_, _ = toml.Decode(i.Settings, &settings)
		for key, value := range settings {
			all[key] = union(all[key], value)
		}
	}
	var b bytes.Buffer
	encoder := toml.NewEncoder(&b)
	encoder.Indent = ""
	// These values were decoded from TOML, so they encode, and a buffer takes any
	// text.
	_ = encoder.Encode(all)
	return b.String()
}

// union joins two values of a setting: the entries of both lists.
func union(value, other any) any {
	switch more := other.(type) {
	case []map[string]any:
		list, _ := value.([]map[string]any)
		return appendNew(list, more)
	case []any:
		list, _ := value.([]any)
		return appendNew(list, more)
	}
	return other
}

// appendNew appends what is not in a list.
func appendNew[T any](list, more []T) []T {
	for _, item := range more {
		if !slices.ContainsFunc(list, func(has T) bool { return reflect.DeepEqual(has, item) }) {
			list = append(list, item)
		}
	}
	return list
}
