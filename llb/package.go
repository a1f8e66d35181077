package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// packages installs packages by themselves, each into a layer of its own, in their
// order.
func (c *converter) packages() []installed {
	var all []installed
	for st, work := range plan.Each[plan.Package](c.plan) {
		all = append(all, c.onePackage(st, work))
	}
	return all
}

// onePackage installs a package by itself. Nothing of the project is in the step but
// its name in the progress display, which is no part of its cache key.
func (c *converter) onePackage(st *plan.Step, work *plan.Package) installed {
	list := bkllb.Scratch().File(
		bkllb.Mkfile("/pylock.toml", 0o644, []byte(work.Pylock), bkllb.WithCreatedTime(epoch)),
		c.named(st.Source, internal("prepare the list of %s", work.Name))...)
	made := c.install(st, &work.Install, listOf(work), list)
	made.name, made.title, made.origin = work.Name, work.Title(), origin{work: work}
	return made
}

// listOf is where a step has the list of one package: a name that uv takes
// for such a list.
func listOf(work *plan.Package) string {
	return path.Join(path.Dir(pylockPath), "pylock."+work.Name+".toml")
}

// forPackage tells what is prepared for one package from what is prepared for
// the other steps, which have it in common.
func forPackage(st *plan.Step) string {
	if work, ok := st.Work.(*plan.Package); ok {
		return " for " + work.Name
	}
	return ""
}
