package eject

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// upperPath is the folder that the upper layers are mounted in.
const upperPath = "/upper"

// compiles reports whether the packages of the plan are compiled: then modules
// of a layer may have to go.
func (r *renderer) compiles() bool {
	if installs := r.plan.Installs(); len(installs) > 0 {
		return installs[0].CompileBytecode
	}
	m := plan.First[plan.Member](r.plan)
	return m != nil && m.CompileBytecode
}

// stale are the layers in which a layer above them may make compiled modules
// stale.
func (r *renderer) stale() []string {
	layers := r.inTaskRoot()
	if !r.compiles() || len(layers) < 2 {
		return nil
	}
	return layers[:len(layers)-1]
}

// fresh are the stages that remove compiled modules from a layer when a layer above
// it replaces their source.
func (r *renderer) fresh() []string {
	layers := r.inTaskRoot()
	var stages []string
	for i, stage := range r.stale() {
		var b strings.Builder
		fmt.Fprintf(&b, "# %[2]s is %[1]s without the compiled modules whose source a later layer replaces.\nFROM %[1]s AS %[2]s\n", stage, freshStage(stage))
		var mounts []string
		for _, upper := range layers[i+1:] {
			mounts = append(mounts, fmt.Sprintf("from=%s,source=%s,target=%s/%s", upper, layerPath+plan.TaskRoot, upperPath, upper))
		}
		b.WriteString(run(mounts, "fresh", "settle"))
		stages = append(stages, b.String())
	}
	return stages
}

// freshStage is the stage that gives a layer to the function.
func freshStage(stage string) string { return stage + "-fresh" }

// final are the stages whose layers the function gets.
func (r *renderer) final() []string {
	stages, stale := r.layers(), r.stale()
	for i, stage := range stages {
		if slices.Contains(stale, stage) {
			stages[i] = freshStage(stage)
		}
	}
	return stages
}

// freshScript is the script of the stages without stale modules.
func (r *renderer) freshScript() string {
	return "# fresh removes the compiled modules of sources that a later layer has too.\n" +
		document("/bin/fresh", fmt.Sprintf(fresh, r.plan.Python.Executable, layerPath+plan.TaskRoot, upperPath), "--chmod=755")
}

// fresh removes the compiled modules of sources that an upper layer has too.
const fresh = `#!%s -IS
from pathlib import Path

task = Path("%s")
for upper in Path("%s").iterdir():
    for source in upper.rglob("*.py"):
        path = source.relative_to(upper)
        if not (task / path).is_file() or (task / path).read_bytes() == source.read_bytes():
            continue
        for module in (task / path).parent.glob("__pycache__/" + path.stem + ".*.pyc"):
            module.unlink()
`
