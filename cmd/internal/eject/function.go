package eject

import (
	"fmt"
	"path"
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

// layers are the stages whose task roots the function is made of, in the order
// of change.
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
	if r.has(plan.KindApp) {
		stages = append(stages, "application")
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
	fmt.Fprintf(&b, "# function is the image. A change of one layer leaves the others as they are.\nFROM %s AS function\n", r.plan.Base.Ref)
	for _, stage := range r.final() {
		b.WriteString(copyPaths([]string{layerPath}, "/", "--link", "--from="+stage))
	}
	b.WriteString(settings("ENV", r.plan.Config.Env))
	b.WriteString(settings("LABEL", r.plan.Config.Labels))
	fmt.Fprintf(&b, "CMD %s\n", jsonList(r.plan.Config.Cmd))
	return b.String()
}
