package planner

import (
	"github.com/uvlambda/uvlambda/plan"
)

// work is what the steps of a plan do. What is nil or empty is no step.
type work struct {
	base         *plan.Base
	lock         *plan.Lock
	export       *plan.Export
	packages     []packageWork
	git          []gitWork
	dependencies *plan.Dependencies
	members      []plan.Member
	files        []*plan.Files
	app          *plan.App
	lockCheck    *plan.LockCheck
	test         *plan.Test
	archive      *plan.Archive
}

// addSteps gives the plan its steps, in order: what makes the parts of the
// function, what guards the result, and the result.
func (p *planning) addSteps() {
	p.plan.Steps = nil
	if p.work.base != nil {
		p.plan.AddBase(p.work.base, p.baseCopies, p.Spec.Locate("base"))
	}
	if p.work.lock != nil {
		p.plan.AddLock(p.work.lock, p.secrets(), p.projectLocation())
		return
	}
	p.addParts()
	if p.work.lockCheck != nil {
		p.plan.AddLockCheck(p.work.lockCheck, p.secrets(), p.projectLocation())
	}
	if p.work.test != nil {
		p.plan.AddTest(p.work.test, p.Spec.Locate("test"))
	}
	switch {
	case p.plan.Output == plan.OutputTest:
	case p.work.archive != nil:
		if len(p.work.members) > 0 {
			p.plan.AddCompress(&plan.Compress{Root: plan.TaskRoot, Pack: plan.Pack{Prefix: p.work.archive.Prefix}}, p.membersAt[0])
		}
		p.compressFiles()
		p.plan.AddArchive(p.work.archive, p.Spec.Locate())
	case p.plan.Output == plan.OutputDir:
		p.plan.AddDir()
	default:
		p.plan.AddImage()
	}
}

// addParts adds the steps that make the parts of the function.
func (p *planning) addParts() {
	if p.work.dependencies != nil {
		p.plan.AddExport(p.work.export, p.projectLocation())
	}
	for i := range p.work.packages {
		pkg := &p.work.packages[i]
		p.plan.AddPackage(&pkg.Package, pkg.secrets, pkg.at)
	}
	for i := range p.work.git {
		pkg := &p.work.git[i]
		p.plan.AddGit(&pkg.Git, p.secrets(), pkg.at)
	}
	if p.work.dependencies != nil {
		p.plan.AddDependencies(p.work.dependencies, p.secrets(), p.projectLocation())
	}
	for i := range p.work.members {
		p.plan.AddMember(&p.work.members[i], p.secrets(), p.membersAt[i])
	}
	for _, files := range p.work.files {
		p.plan.AddFiles(files, files.Copies[0].Source)
	}
	if p.work.app != nil {
		p.plan.AddApp(p.work.app, p.work.app.Copies[0].Source)
	}
}
