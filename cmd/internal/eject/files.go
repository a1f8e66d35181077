package eject

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// files are the stages of the files of other images, and of places outside of the
// task root.
func (r *renderer) files() []string {
	var stages []string
	for i, work := range plan.All[plan.Files](r.plan) {
		var b strings.Builder
		var from []string
		if work.Image != "" {
			image := "image-" + strconv.Itoa(i+1)
			fmt.Fprintf(&b, "# %[2]s is the image that the function has files of.\nFROM %[1]s AS %[2]s\n\n", work.Image, image)
			from = []string{"--from=" + image, "--chown=0:0"}
		}
		fmt.Fprintf(&b, "# %s has files of %s.\n", filesStage(i), work.From())
		fmt.Fprintf(&b, "FROM %s AS %s\n", r.parent(i == 0 && !r.has(plan.KindApp)), filesStage(i))
		for _, c := range work.Copies {
			b.WriteString(copyPaths([]string{c.From}, layerPath+c.To, slices.Concat(excludes(c.Exclude), from)...))
		}
		commands := []string{"settle"}
		if outside(work) {
			commands = []string{"rm -r " + layerPath + "/var", "settle"}
		}
		b.WriteString(run(nil, commands...))
		stages = append(stages, b.String())
	}
	return stages
}

// filesStage is the stage of the files of a step.
func filesStage(i int) string { return "files-" + strconv.Itoa(i+1) }

// outside tells work of which nothing goes to the task root.
func outside(work *plan.Files) bool { return !work.Below(plan.TaskRoot) }
