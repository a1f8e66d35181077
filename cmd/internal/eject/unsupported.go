package eject

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// checkOutput refuses what only uvlambda can make.
func (r *renderer) checkOutput() error {
	switch p := r.plan; p.Output {
	case plan.OutputImage, plan.OutputDir:
		return nil
	case plan.OutputTest:
		return errors.New("a Dockerfile cannot test the function: go on with `uvlambda build --target test`, and make one of the image")
	case plan.OutputLock:
		return errors.New("a Dockerfile builds from uv.lock and does not write it: `uv lock` does")
	default:
		target := strings.TrimPrefix(p.Function+"/"+string(plan.OutputDir), "/")
		return fmt.Errorf("a Dockerfile cannot pack the archive %s.zip: use --target %s, and zip the folder that is built", plan.First[plan.Archive](p).Name, target)
	}
}

// checkConfig refuses names and values that no instruction can hold.
func (r *renderer) checkConfig() error {
	if r.plan.Config == nil {
		return nil
	}
	for _, values := range []map[string]string{r.plan.Config.Env, r.plan.Config.Labels} {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			switch {
			case strings.ContainsAny(name, "=\r\n"):
				return fmt.Errorf("the label %q has a = or a line break in its name, which a Dockerfile cannot hold: give it another name", name)
			case strings.ContainsAny(values[name], "\r\n"):
				return fmt.Errorf("%s has a line break in its value, which a Dockerfile cannot hold: write the value in one line", name)
			}
		}
	}
	return nil
}

// checkCopies refuses patterns that a COPY would read in another way.
func (r *renderer) checkCopies() error {
	var errs []error
	// Only the check of uv.lock reads files that an ignore file hides.
	for st, check := range plan.Each[plan.LockCheck](r.plan) {
		if slices.ContainsFunc(check.Reduced, func(f plan.File) bool { return path.Base(f.Path) == "uv.lock" }) {
			errs = append(errs, source.Errorf(st.Source, "uv.lock has an index that is a folder by its place on the machine that locked, which uv refuses in a Dockerfile: set lock = \"unchecked\" in [tool.uvlambda]"))
		}
		for _, file := range check.Hidden {
			errs = append(errs, source.Errorf(st.Source, "%[1]s is hidden by .dockerignore, which a Dockerfile cannot read past to check uv.lock: add the line !%[1]s at its end", file.Path))
		}
	}
	for _, st := range r.plan.Steps {
		for _, read := range st.Reads {
			errs = append(errs, checkExcludes(cmp.Or(read.Source, st.Source), read.Exclude))
		}
	}
	return errors.Join(errs...)
}

// checkExcludes checks what is left out of one path. BuildKit reads each byte of a
// flag as a character, so a pattern can only hold ASCII.
func checkExcludes(loc plan.Location, exclude []string) error {
	for _, pattern := range exclude {
		if strings.ContainsFunc(pattern, func(c rune) bool { return c > unicode.MaxASCII }) {
			return source.Errorf(loc, "the pattern %q has letters that the --exclude of a Dockerfile cannot hold: write ? for each of them", pattern)
		}
	}
	return nil
}
