package planner

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// indexArgs are the build arguments that people know as variables of uv
// (https://docs.astral.sh/uv/reference/environment/), each with what divides the
// places that it names, and what says the same in pyproject.toml.
func indexArgs() map[string]indexArg {
	const index = "[[tool.uv.index]] with `name` and `url`"
	return map[string]indexArg{
		"UV_DEFAULT_INDEX":   {"", index + " and `default = true`"},
		"UV_INDEX_URL":       {"", index + " and `default = true`"},
		"UV_INDEX":           {" ", index},
		"UV_EXTRA_INDEX_URL": {" ", index},
		"UV_FIND_LINKS":      {",", "`find-links` of [tool.uv]"},
	}
}

// indexArg is a build argument that names places of packages.
type indexArg struct {
	separator string
	instead   string
}

// places are the URLs in the argument's value. Some have a name before them.
func (a indexArg) places(value string) []string {
	places := []string{value}
	if a.separator != "" {
		places = strings.Split(value, a.separator)
	}
	return slices.DeleteFunc(places, func(place string) bool { return strings.TrimSpace(place) == "" })
}

// checkBuildArgs refuses build arguments of which uv would make something else
// in a build than on the machine of a person. Values are not repeated, since they
// may hold a password.
func (in Input) checkBuildArgs() error {
	var errs []error
	known := indexArgs()
	for _, name := range slices.Sorted(maps.Keys(in.BuildArgs)) {
		if arg, ok := known[name]; ok {
			for _, place := range arg.places(in.BuildArgs[name]) {
				errs = append(errs, in.checkPlace(name, place, arg.instead))
			}
		}
		if variable, of := versionArg(name); of != "" {
			errs = append(errs, in.checkPretended(name, variable, of))
		}
	}
	return errors.Join(errs...)
}

// checkPlace refuses a place of packages that is no URL, or has a password.
func (in Input) checkPlace(arg, place, instead string) error {
	index, address := splitPlace(place)
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return source.Errorf(in.Spec.Locate(), "the build argument %s names a place that is no URL with https or http, which a build does not have: name it in pyproject.toml by %s, relative to that file, and lock again", arg, instead)
	}
	if _, has := parsed.User.Password(); !has {
		return nil
	}
	if index != "" {
		return source.Errorf(in.Spec.Locate(), "the build argument %s holds a password, which would be kept in the records of the build: take it out, and pass it as the build secret UV_INDEX_%s_PASSWORD", arg, project.EnvName(index))
	}
	return source.Errorf(in.Spec.Locate(), "the build argument %s holds a password, which would be kept in the records of the build: take it out, and give the index a name (UV_INDEX=NAME=URL) and its password as the build secret UV_INDEX_<NAME>_PASSWORD, or pass --secret id=netrc", arg)
}

// splitPlace divides the name of an index from its URL, as uv does.
func splitPlace(place string) (index, address string) {
	place = strings.TrimSpace(place)
	name, rest, named := strings.Cut(place, "=")
	if named && !strings.ContainsAny(name, ":/") {
		return name, rest
	}
	return "", place
}

// checkPretended refuses the version of a package that the repository has not.
func (in Input) checkPretended(arg, variable, of string) error {
	if in.Workspace.Lock == nil {
		return nil
	}
	var names []string
	for _, pkg := range in.Workspace.Lock.Local() {
		if pretendedName(pkg.Name) == pretendedName(of) {
			return nil
		}
		names = append(names, variable+versionFor+pretendedName(pkg.Name))
	}
	return source.Errorf(in.Spec.Locate(), "the build argument %s is for no package of the repository: %s", arg, suggest.OneOf(arg, names, "known are "+suggest.List(names)))
}

// versionFor stands between a variable that tells a version and the name of the
// package that it is for.
const versionFor = "_FOR_"

// versionArg tells a build argument by which a build backend is told a version: its
// variable, and the package that it is for, which is empty when it is for all. The
// variable is empty for other arguments.
func versionArg(name string) (variable, of string) {
	for _, variable := range project.VersionVariables() {
		if name == variable {
			return variable, ""
		}
		if of, ok := strings.CutPrefix(name, variable+versionFor); ok && of != "" {
			return variable, of
		}
	}
	return "", ""
}

// tellsVersion tells whether one of the variables tells the version of a package.
func tellsVersion(variables map[string]string, pkg string) bool {
	for name := range variables {
		if variable, of := versionArg(name); variable != "" && (of == "" || pretendedName(of) == pretendedName(pkg)) {
			return true
		}
	}
	return false
}

// pretendedName is a package's name behind versionFor.
func pretendedName(name string) string { return project.EnvName(project.NormalizeName(name)) }

// indexVariables are the variables of uv that name places of packages, for steps
// that ask for packages by name.
func (in Input) indexVariables() map[string]string {
	known := indexArgs()
	return in.variables(func(name string) bool {
		_, ok := known[name]
		return ok
	})
}

// buildVariables are the variables of a step that builds the packages in these
// folders of the repository: the places of packages that they are built with, and
// the versions of packages that do not state theirs.
func (in Input) buildVariables(dirs ...string) map[string]string {
	var names []string
	versioned := func(dir string) bool {
		py := in.Workspace.Members[dir]
		return py != nil && !py.TakesVersion()
	}
	for _, pkg := range in.Workspace.Lock.Local() {
		if dir, _ := in.Workspace.PackageDir(pkg); slices.Contains(dirs, dir) && !versioned(dir) {
			names = append(names, pretendedName(pkg.Name))
		}
	}
	known := indexArgs()
	variables := in.variables(func(name string) bool {
		_, isIndex := known[name]
		variable, of := versionArg(name)
		return isIndex || variable != "" && len(names) > 0 && (of == "" || slices.Contains(names, pretendedName(of)))
	})
	if len(names) == 1 {
		addVersion(variables)
	}
	return variables
}

// addVersion sets all variables that tell a version where one does, for the step of
// one package: hatch-vcs and others know no variable for a package by its name.
func addVersion(variables map[string]string) {
	version := ""
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		variable, of := versionArg(name)
		if variable != "" && (version == "" || of != "") {
			version = variables[name]
		}
	}
	if version == "" {
		return
	}
	for _, name := range project.VersionVariables() {
		if _, ok := variables[name]; !ok {
			variables[name] = version
		}
	}
}

// lockVariables are the variables of a step that may build any package of the repository.
func (in Input) lockVariables() map[string]string {
	known := indexArgs()
	return in.variables(func(name string) bool {
		_, isIndex := known[name]
		variable, _ := versionArg(name)
		return isIndex || variable != ""
	})
}

// variables are the build arguments that have a value and are wanted by their name;
// nil when none are.
func (in Input) variables(wanted func(name string) bool) map[string]string {
	var chosen map[string]string
	for name, value := range in.BuildArgs {
		if value = strings.TrimSpace(value); value == "" || !wanted(name) {
			continue
		}
		if chosen == nil {
			chosen = map[string]string{}
		}
		chosen[name] = value
	}
	return chosen
}

// NamedIndexes are the indexes that credentials can be given for: the indexes of the
// workspace, and those that build arguments name.
func (in Input) NamedIndexes() []project.NamedIndex {
	named := in.Workspace.NamedIndexes()
	for _, index := range in.IndexesOfArgs() {
		same := func(other project.NamedIndex) bool { return project.EnvName(other.Name) == project.EnvName(index.Name) }
		if index.Name != "" && !slices.ContainsFunc(named, same) {
			named = append(named, index)
		}
	}
	return named
}

// IndexesOfArgs are the indexes that build arguments name, with and without names
// of their own. They stand in no file.
func (in Input) IndexesOfArgs() []project.NamedIndex {
	var all []project.NamedIndex
	known := indexArgs()
	for _, arg := range slices.Sorted(maps.Keys(in.indexVariables())) {
		for _, place := range known[arg].places(in.BuildArgs[arg]) {
			name, address := splitPlace(place)
			all = append(all, project.NamedIndex{Name: name, URL: address})
		}
	}
	return all
}

// typed are the build arguments that a command has to repeat to do the same.
func (in Input) typed() string {
	var b strings.Builder
	variables := in.lockVariables()
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if word := name + "=" + variables[name]; strings.ContainsAny(word, " '") {
			fmt.Fprintf(&b, " --build-arg '%s'", strings.ReplaceAll(word, "'", `'\''`))
		} else {
			b.WriteString(" --build-arg " + word)
		}
	}
	return b.String()
}

// pathsOf are the paths of folders.
func pathsOf(folders []plan.Folder) []string {
	var paths []string
	for _, f := range folders {
		paths = append(paths, f.Path)
	}
	return paths
}

// foldersOf are the folders of a package's build.
func foldersOf(m *plan.Member) []string {
	if m.IsFile {
		return nil
	}
	return append(pathsOf(m.Beside), m.Path)
}
