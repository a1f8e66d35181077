package llb

import (
	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// InterpreterFile is the file in which Interpreter leaves the version.
const InterpreterFile = "version"

// askVersion writes the version as uv reads it: a Python that was not compiled
// from a release ends it with a plus sign.
const askVersion = `import platform
with open("` + outPath + `/` + InterpreterFile + `", "w") as file:
    file.write(platform.python_version().rstrip("+"))`

// Interpreter asks a builder for the whole version of its Python, at a path. It
// runs once for each image, and is no step of a plan: its image answers the same each
// time.
func Interpreter(builder bkllb.State, executable string, loc plan.Location, opt Options) bkllb.State {
	c := &converter{opt: opt}
	opts := append(sealed(), c.offline()...)
	exec := c.run(builder, step{
		loc:  loc,
		name: internal("ask the base image which Python it has"),
		args: []string{executable, "-I", "-S", "-c", askVersion},
		opts: opts,
	})
	return exec.AddMount(outPath, bkllb.Scratch())
}
