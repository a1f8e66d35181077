package planner

import (
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// pythonChoice is a Python version and why it is chosen.
type pythonChoice struct {
	version project.Version
	reason  string
}

// pythonChoices takes the version from `python`, else from .python-version if
// that names one. Else there is a choice: all Lambda runtimes that the file and
// every requirement allow, newest first.
func (p *planning) pythonChoices(reqs []requirement) ([]pythonChoice, error) {
	if v, known := p.basePython(); known {
		return p.choiceOfBase(v)
	}
	if p.Spec.Python != "" {
		v, err := project.ParseVersion(p.Spec.Python)
		if err != nil {
			return nil, source.Errorf(p.Spec.Locate("python"), "%w", err)
		}
		return []pythonChoice{{v, "python in " + p.Spec.Doc.Name}}, nil
	}
	file, asked := p.Workspace.PythonVersion, (*project.PythonRequest)(nil)
	if file != nil {
		asked = file.Request
	}
	if asked != nil && asked.Exact != nil {
		return []pythonChoice{{*asked.Exact, file.Name}}, nil
	}
	var allowing []string
	if len(reqs) > 0 {
		allowing = append(allowing, "requires-python")
	}
	if asked != nil && asked.Specifier.String() != "" {
		allowing = append(allowing, file.Name)
	}
	var choices []pythonChoice
	for _, rt := range slices.Backward(project.Supported()) {
		if allowsAll(reqs, rt.Version) && (asked == nil || asked.Allows(rt.Version)) {
			choices = append(choices, pythonChoice{rt.Version, newestReason(allowing, len(choices) > 0)})
		}
	}
	if len(choices) > 0 {
		return choices, nil
	}
	if asked == nil || !slices.ContainsFunc(project.Supported(), func(rt project.Runtime) bool { return allowsAll(reqs, rt.Version) }) {
		return nil, noRuntime(reqs)
	}
	return nil, source.Errorf(p.pythonLocation(), "Lambda has no Python that is %s%s: write one of %s there, or set `python`",
		asked.Text, alsoRequired(reqs), runtimeNames())
}

// newestReason explains the choice of the newest runtime: what excluded newer
// ones.
func newestReason(allowing []string, older bool) string {
	var that []string
	switch len(allowing) {
	case 0:
	case 1:
		that = append(that, allowing[0]+" allows")
	default:
		that = append(that, suggest.And(allowing)+" allow")
	}
	if older {
		that = append(that, "the lock has wheels for")
	}
	if len(that) == 0 {
		return "newest Lambda runtime"
	}
	return "newest Lambda runtime that " + strings.Join(that, " and ")
}

// alsoRequired names the requirements that a Python has to meet too.
func alsoRequired(reqs []requirement) string {
	if len(reqs) == 0 {
		return ""
	}
	return " and that requires-python (" + list(reqs) + ") allows"
}

// choosePython chooses a Python, and resolves the closure for it: where there is
// a choice, the first for which all packages of the closure can be installed.
// When there is none, the first of all is what the errors are about.
func (p *planning) choosePython(reqs []requirement) error {
	choices, err := p.pythonChoices(reqs)
	if err != nil {
		return err
	}
	first, firstErr := p.on(choices[0], reqs)
	chosen, chosenErr := first, firstErr
	for i := 1; i < len(choices) && !chosen.fits(chosenErr) && chosen.unknown() == nil; i++ {
		chosen, chosenErr = p.on(choices[i], reqs)
	}
	if chosen.unknown() == nil && !chosen.fits(chosenErr) {
		chosen, chosenErr = first, firstErr
	}
	*p = *chosen
	return chosenErr
}

// on is the planning as far as it would get with a Python.
func (p *planning) on(c pythonChoice, reqs []requirement) (*planning, error) {
	with, made := *p, *p.plan
	with.plan = &made
	if err := with.usePython(c, reqs); err != nil {
		return &with, err
	}
	return &with, with.resolveClosure()
}

// fits reports whether a planning that ended with this error can go on with its
// Python: whether the lock is for this Python, and has a file to install for each
// package.
func (p *planning) fits(err error) bool {
	return err == nil && p.installable && p.checkLockedMarkers() == nil
}

// otherPython is the newest Python but the chosen one that fits.
func (p *planning) otherPython() (project.Version, bool) {
	if _, known := p.basePython(); known {
		return project.Version{}, false
	}
	reqs := p.requirements(p.memberDirs())
	for _, rt := range slices.Backward(project.Supported()) {
		if rt == p.runtime || !allowsAll(reqs, rt.Version) {
			continue
		}
		if other, err := p.on(pythonChoice{version: rt.Version}, reqs); other.fits(err) {
			return rt.Version, true
		}
	}
	return project.Version{}, false
}

// otherPlatform is the other platform of Lambda's, when the Python fits there.
func (p *planning) otherPlatform() (string, bool) {
	elsewhere := *p
	elsewhere.Platform.Architecture = map[string]string{"amd64": "arm64", "arm64": "amd64"}[p.Platform.Architecture]
	reqs := p.requirements(p.memberDirs())
	other, err := elsewhere.on(pythonChoice{version: p.runtime.Version}, reqs)
	return "linux/" + elsewhere.Platform.Architecture, other.fits(err)
}
