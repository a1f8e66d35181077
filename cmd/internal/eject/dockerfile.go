// Package eject writes plans as a Dockerfile, for a project that is to be
// built without uvlambda: the same layers and the same configuration, by
// instructions that a person can read and own. It is pure: plans come in, text
// goes out. What it writes is described at
// https://docs.docker.com/reference/dockerfile/
//
// It names kinds of steps as package llb does: a Dockerfile has other instructions
// for each kind.
package eject

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// epoch is the time of every image and of every file in its layers.
func epoch() string { return strconv.Itoa(plan.Epoch) }

// architectures are Lambda's architectures, by the names of Dockerfiles.
func architectures() []string {
	var names []string
	for _, a := range plan.Architectures() {
		names = append(names, a.OCI)
	}
	return names
}

// Platforms are Lambda's platforms. One Dockerfile can be for both at once.
func Platforms() []string {
	var platforms []string
	for _, arch := range architectures() {
		platforms = append(platforms, "linux/"+arch)
	}
	return platforms
}

// renderer writes one Dockerfile.
type renderer struct {
	// plan is the plan for any of the platforms. The plans differ in the
	// contents of wheels only, which a Dockerfile does not name.
	plan *plan.Plan
	// wheels are uv's names of the platforms, by architecture.
	wheels map[string]string
}

// Render gives the Dockerfile of one function's image or unpacked task root.
// The plans are for the platforms that it shall build for, one each. What a
// Dockerfile cannot say is an error.
func Render(plans []plan.Plan) (string, error) {
	plans = slices.Clone(plans)
	for i := range plans {
		if check := plan.First[plan.LockCheck](&plans[i]); check != nil && !checkable(check) {
			plans[i] = *plans[i].Without(plan.KindLockCheck)
		}
	}
	r := &renderer{plan: &plans[0], wheels: map[string]string{}}
	if err := errors.Join(r.checkOutput(), r.checkConfig(), r.checkCopies(), r.checkRepositories()); err != nil {
		return "", err
	}
	for i := range plans {
		p := &plans[i]
		if !reflect.DeepEqual(common(*p), common(plans[0])) {
			return "", source.Errorf(p.Base.Source, "what is built for %s and for %s differs in more than the wheels: make a Dockerfile for each, with --platform",
				plans[0].Platform, p.Platform)
		}
		r.wheels[strings.Split(p.Platform, "/")[1]] = p.Python.WheelPlatform
	}
	return strings.Join(r.stages(), "\n"), nil
}

// checkable tells a check of uv.lock that the files of the context pass as they
// are: uv by itself refuses a lock with another version of a package of the
// repository, and one that names wheels which are not there.
func checkable(check *plan.LockCheck) bool {
	return len(check.Stubs) == 0 && !slices.ContainsFunc(check.Reduced, func(f plan.File) bool { return f.Altered })
}

// common is the part of a plan that has to be the same for all platforms of a
// Dockerfile.
func common(p plan.Plan) plan.Plan {
	p = *p.Without(plan.KindTest)
	p.Platform, p.Python.WheelPlatform, p.Warnings = "", "", nil
	for i := range p.Steps {
		st := &p.Steps[i]
		// Both are about the platform, and for people.
		st.Title, st.For = "", ""
		switch work := st.Work.(type) {
		case *plan.Dependencies:
			counted := *work
			counted.Packages = 0
			st.Work = &counted
		case *plan.Package:
			listed := *work
			listed.Size, listed.Pylock = 0, ""
			st.Work = &listed
		}
	}
	return p
}

// stages are the parts of the Dockerfile, in its order.
func (r *renderer) stages() []string {
	p := r.plan
	stages := []string{r.header()}
	if r.usesUV() {
		stages = append(stages, fmt.Sprintf("# uv is the image that holds uv.\nFROM --platform=$BUILDPLATFORM %s AS uv\n", p.UV.Ref))
	}
	stages = append(stages, r.builder())
	if r.export() != nil || r.has(plan.KindLockCheck) {
		stages = append(stages, r.lock())
	}
	if r.export() != nil || r.has(plan.KindMembers) || r.has(plan.KindGit) {
		stages = append(stages, r.installers()...)
	}
	stages = append(stages, r.packages()...)
	stages = append(stages, r.checkouts()...)
	if r.has(plan.KindDependencies) {
		stages = append(stages, r.dependencies())
	}
	stages = append(stages, r.members()...)
	stages = append(stages, r.files()...)
	if r.has(plan.KindApp) {
		stages = append(stages, r.application())
	}
	stages = append(stages, r.fresh()...)
	return append(stages, r.function())
}

// platforms are the sorted platforms of the Dockerfile.
func (r *renderer) platforms() []string {
	var platforms []string
	for _, arch := range slices.Sorted(maps.Keys(r.wheels)) {
		platforms = append(platforms, "linux/"+arch)
	}
	return platforms
}

// has tells whether the plan has a step of a kind, and the Dockerfile its stage.
func (r *renderer) has(kind plan.StepKind) bool { return r.plan.Step(kind) != nil }

// usesUV tells whether any stage runs uv.
func (r *renderer) usesUV() bool {
	return slices.ContainsFunc(r.plan.Steps, func(s plan.Step) bool { return slices.Contains(s.Images, r.plan.UV.Ref) })
}

// header says what the file is and how to build it.
func (r *renderer) header() string {
	name, platforms := cmp.Or(r.plan.Function, r.plan.Project), r.platforms()
	what, result, why := "image", "-t "+strings.ToLower(name), "AWS Lambda rejects an image with attestations, which the flag turns off."
	if r.plan.Output == plan.OutputDir {
		what, result, why = "task root", "-o dist", "The flag keeps what is no part of the function out of the folder."
	}
	flags := "--provenance=false"
	if len(platforms) == 1 {
		flags += " --platform " + platforms[0]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# syntax=docker/dockerfile:1\n\n# Builds the %s of %s for AWS Lambda, on %s:\n#\n", what, name, strings.Join(platforms, " and "))
	fmt.Fprintf(&b, "#     docker buildx build %s %s .\n#\n# %s\n", flags, result, why)
	if base := r.plan.Base.Dockerfile; base != nil {
		target := ""
		if base.Target != "" {
			target = " --target " + base.Target
		}
		fmt.Fprintf(&b, "#\n# %s is the image of %s, which is built first:\n#\n#     docker buildx build --provenance=false%s -f %s -t IMAGE --push .\n#\n", baseContext, base.Path, target, base.Path)
		fmt.Fprintf(&b, "# with --platform for all of its platforms, and given by --build-context %s=docker-image://IMAGE.\n", baseContext)
	}
	if r.has(plan.KindTest) {
		b.WriteString("# The test in [tool.uvlambda.test] is no part of it.\n")
	}
	if r.plan.Output == plan.OutputImage {
		fmt.Fprintf(&b, "\n# SOURCE_DATE_EPOCH is the image's own time: equal input makes an equal image.\nARG SOURCE_DATE_EPOCH=%s\n", epoch())
	}
	return b.String()
}
