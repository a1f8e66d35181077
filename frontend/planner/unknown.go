package planner

import (
	"fmt"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// Unknown is the error of a decision that takes more than the input has. The
// decision is made again with what it names.
type Unknown struct {
	// Python is set when one more of Input.Pythons is needed.
	Python *UnknownPython
	// Base is set when one more of Input.Bases is needed.
	Base *UnknownBase
	// Versions are set when more of Input.Described is needed: the tags that count,
	// by the folders of packages.
	Versions map[string]project.Tags
}

// UnknownBase is an image that has to be looked at.
type UnknownBase struct {
	Image plan.Image
	// Python is MAJOR.MINOR when the project asks for a Python, of the several that
	// the image may have.
	Python string
}

// UnknownPython is an interpreter whose patch release decides something.
type UnknownPython struct {
	// Base is the image that has the interpreter, Executable its path there.
	Base       plan.Image
	Executable string
	// Because is the marker or the version specifier that depends on it.
	Because string
}

func (u *Unknown) Error() string {
	if u.Base != nil {
		return fmt.Sprintf("what %s has is not known", u.Base.Image.Ref)
	}
	if u.Versions != nil {
		return "what git says of versions is not known"
	}
	return fmt.Sprintf("the patch release of Python in %s is not known, and %q depends on it", u.Python.Base.Ref, u.Python.Because)
}

// unknown is the error of a decision that lacks something, nil when it lacks
// nothing. A decision that failed before there was a base lacks nothing either.
func (p *planning) unknown() error {
	if p.unseen != nil {
		return &Unknown{Base: &UnknownBase{Image: *p.unseen, Python: p.Spec.Python}}
	}
	if p.undescribed != nil {
		return &Unknown{Versions: p.undescribed}
	}
	if p.python == nil || p.fullVersion() != "" || p.AssumePython || p.plan.Base.Ref == "" {
		return nil
	}
	because := p.python.DependsOnPatch()
	if because == "" {
		return nil
	}
	return &Unknown{Python: &UnknownPython{Base: p.plan.Base, Executable: p.plan.Python.Executable, Because: because}}
}
