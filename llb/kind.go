package llb

import (
	"path"
	"slices"

	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/plan"
)

// KindOf tells what a container of a graph does. It is empty for a container of no
// step, such as the one that asks for the version of Python.
func KindOf(exec *pb.ExecOp) plan.StepKind {
	args := exec.GetMeta().GetArgs()
	if ours := 1 + len(isolated()); len(args) > ours+1 && slices.Equal(args[1:ours], isolated()) {
		switch args[ours] {
		case DriverPath:
			return plan.StepKind(args[ours+1])
		case PackPath:
			return plan.KindCompress
		case JoinPath:
			return plan.KindArchive
		case TestPath:
			return plan.KindTest
		}
		return ""
	}
	// All other containers run uv without a script.
	switch {
	case len(args) > 1 && args[1] == uvExport:
		return plan.KindExport
	case len(args) > 2 && slices.Equal(args[1:3], uvCheck()):
		return plan.KindLockCheck
	}
	return ""
}

// StepOf finds the step of a plan that a container of its graph is for, nil when
// it is for none.
func StepOf(p *plan.Plan, exec *pb.ExecOp) *plan.Step {
	kind, args := KindOf(exec), exec.GetMeta().GetArgs()
	for st, m := range plan.Each[plan.Member](p) {
		if kind == plan.KindMembers && slices.Contains(args, path.Join(SourcePath, m.Path)) {
			return st
		}
	}
	for st, work := range plan.Each[plan.Package](p) {
		if kind == plan.KindPackage && slices.Contains(args, listOf(work)) {
			return st
		}
	}
	for st, work := range plan.Each[plan.Compress](p) {
		at := treePath
		if st.Makes == plan.PartFiles {
			at = filesPath
		}
		if kind == plan.KindCompress && slices.Contains(args, path.Join(at, work.Root)) {
			return st
		}
	}
	for st, work := range plan.Each[plan.Git](p) {
		if kind == plan.KindGit && slices.Contains(args, path.Join(checkoutOf(work), work.Folder)) {
			return st
		}
	}
	if kind == plan.KindCompress {
		// A large application is compressed for the archive without a step of its own
		// in the plan, since its files are not known there.
		kind = plan.KindArchive
	}
	return p.Step(kind)
}

// StepOfSource finds the step of a plan that builds from a git repository, nil when
// there is none.
func StepOfSource(p *plan.Plan, source *pb.SourceOp) *plan.Step {
	for st, work := range plan.Each[plan.Git](p) {
		if source.GetIdentifier() == sourceOf(work) {
			return st
		}
	}
	return nil
}
