package eject

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// application is the stage of the function's own files.
func (r *renderer) application() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# application has the function's own files.\nFROM %s AS application\n", r.parent(true))
	for _, c := range plan.First[plan.App](r.plan).Copies {
		flags := excludes(c.Exclude)
		if path.Ext(c.From) == ".py" {
			// A module is one file, in which there is nothing to leave out.
			flags = nil
		}
		b.WriteString(copyPaths([]string{c.From}, path.Join(plan.TaskRoot, c.To), flags...))
	}
	b.WriteString(run(nil, "settle"))
	return b.String()
}

// layers are the stages whose layers the function is made of, in the order of
// change.
func (r *renderer) layers() []string {
	var stages []string
	for _, work := range plan.All[plan.Package](r.plan) {
		stages = append(stages, packageStage(work))
	}
	for _, work := range plan.All[plan.Git](r.plan) {
		stages = append(stages, gitStage(work))
	}
	if r.has(plan.KindDependencies) {
		stages = append(stages, "dependencies")
	}
	switch members := plan.All[plan.Member](r.plan); len(members) {
	case 0:
	case 1:
		stages = append(stages, memberStage(members[0]))
	default:
		stages = append(stages, "members")
	}
	for i := range plan.All[plan.Files](r.plan) {
		stages = append(stages, filesStage(i))
	}
	if r.has(plan.KindApp) {
		stages = append(stages, "application")
	}
	return stages
}

// inTaskRoot are the stages among the layers that have files in the task root.
func (r *renderer) inTaskRoot() []string {
	stages := r.layers()
	for i, work := range plan.All[plan.Files](r.plan) {
		if outside(work) {
			stages = slices.DeleteFunc(stages, func(s string) bool { return s == filesStage(i) })
		}
	}
	return stages
}

// function is the last stage: the image, or the task root by itself.
func (r *renderer) function() string {
	var b strings.Builder
	if r.plan.Output == plan.OutputDir {
		b.WriteString("# function is the task root.\nFROM scratch AS function\n")
		for _, stage := range r.final() {
			b.WriteString(copyPaths([]string{layerPath + plan.TaskRoot}, "/", "--link", "--from="+stage))
		}
		return b.String()
	}
	fmt.Fprintf(&b, "# function is the image. A change of one layer leaves the others as they are.\nFROM %s AS function\n", r.base())
	for _, stage := range r.final() {
		b.WriteString(copyPaths([]string{layerPath}, "/", "--link", "--from="+stage))
	}
	b.WriteString(r.configuration())
	return b.String()
}

// configuration are the instructions that set the image's configuration.
func (r *renderer) configuration() string {
	var b strings.Builder
	c := r.plan.Config
	if len(c.Path) > 0 {
		fmt.Fprintf(&b, "ENV PATH=%s:$PATH\n", strings.Join(c.Path, ":"))
	}
	b.WriteString(settings("ENV", c.Env))
	b.WriteString(settings("LABEL", c.Labels))
	if c.WorkingDir != "" {
		fmt.Fprintf(&b, "WORKDIR %s\n", c.WorkingDir)
	}
	if c.User != "" {
		fmt.Fprintf(&b, "USER %s\n", c.User)
	}
	if c.Command || len(c.Entrypoint) > 0 {
		fmt.Fprintf(&b, "ENTRYPOINT %s\n", jsonList(c.Entrypoint))
	}
	fmt.Fprintf(&b, "CMD %s\n", jsonList(c.Cmd))
	return b.String()
}
