package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// functionsKey is the table of the functions, below the table they inherit.
const functionsKey = "functions"

// Functions gives the names of the functions, in file order. There are none
// when the table itself is the function.
func (s *Spec) Functions() []string {
	names := make([]string, len(s.functions))
	for i, f := range s.functions {
		names[i] = f.Name
	}
	return names
}

// Function gives the function of that name, "" being the table itself. Its
// error is a *source.Error that suggests the nearest name.
func (s *Spec) Function(name string) (*Spec, error) {
	if name == "" {
		return s, nil
	}
	for _, f := range s.functions {
		if f.Name == name {
			return f, nil
		}
	}
	names := s.Functions()
	otherwise := "there are none, define it as " + header(slices.Concat(s.Prefix, []string{functionsKey, name}))
	if len(names) > 0 {
		otherwise = "they are " + suggest.List(names)
	}
	return nil, source.Errorf(s.Locate(functionsKey), "unknown function %q: %s", name, suggest.OneOf(name, names, otherwise))
}

// readFunctions reads the functions over what s, which is read otherwise, says
// for all of them.
func readFunctions(t *source.Table, s *Spec) {
	if t.Map(functionsKey) == nil {
		return
	}
	names := t.Keys(functionsKey)
	if len(names) > MaxFunctions {
		t.Add([]string{functionsKey}, "there are %d functions, over the limit of %d: divide them among several build files", len(names), MaxFunctions)
		return
	}
	for _, name := range names {
		at := []string{functionsKey, name}
		if err := checkFunction(name, names); err != nil {
			t.Add(at, "function %w", err)
		}
		f := *s
		f.Name, f.Prefix, f.Present = name, slices.Concat(s.Prefix, at), true
		f.functions, f.inherited = nil, s
		readKeys(t.Table(at...), &f, functionTableKeys())
		s.functions = append(s.functions, &f)
	}
}

// functionTableKeys are the keys that a function's table takes.
func functionTableKeys() []Key {
	return slices.DeleteFunc(Keys(), func(k Key) bool { return k.Name == functionsKey })
}

// functionPattern is a component of an image's name, without dots, which
// docker buildx bake does not take:
// https://github.com/distribution/reference/blob/main/reference.go
var functionPattern = regexp.MustCompile(`^[a-z0-9]+(?:(?:__?|-+)[a-z0-9]+)*$`)

// MaxFunctions is how many functions a build file may describe: each is planned
// by itself, and the whole file is read for each.
const MaxFunctions = 1000

// maxFunctionName is how long Lambda lets a function's name be:
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
const maxFunctionName = 64

// checkFunction is for a function's name, which becomes a part of image and
// file names and of --target.
func checkFunction(name string, all []string) error {
	switch {
	case !functionPattern.MatchString(name):
		return fmt.Errorf("%q is not a name that images can have: use lower-case letters and digits, with - or _ between them", name)
	case len(name) > maxFunctionName:
		return fmt.Errorf("%q has %d letters in its name, more than the %d that Lambda takes: shorten it", name, len(name), maxFunctionName)
	case slices.Contains(plan.Outputs(), plan.Output(name)):
		return fmt.Errorf("%q has the name of an output of --target: rename it", name)
	}
	for _, output := range []plan.Output{plan.OutputLayer, plan.OutputApp} {
		other, found := strings.CutSuffix(name, "-"+string(output))
		if found && slices.Contains(all, other) {
			return fmt.Errorf("%q has the archive %s.zip, and so has %s/%s: rename one of the two", name, name, other, output)
		}
	}
	return nil
}

// merged puts a function's own entries over the inherited ones.
func merged(inherited, own map[string]string) map[string]string {
	if len(inherited) == 0 {
		return own
	}
	all := maps.Clone(inherited)
	maps.Copy(all, own)
	return all
}
