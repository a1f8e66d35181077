package planner

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// requirement is a requires-python and whose it is.
type requirement struct {
	of, text string
	// specifier allows all versions when the text is none, for the reason in err.
	specifier project.Specifier
	err       error
	loc       plan.Location
}

// newRequirement reads the requires-python of a project or of the lock.
func newRequirement(of, text string, loc plan.Location) requirement {
	s, err := project.ParseSpecifier(text)
	return requirement{of, text, s, err, loc}
}

// bare is the specifier without white space, which a lock writes in its own way.
func (r requirement) bare() string { return strings.Join(strings.Fields(r.text), "") }

// requirements gives the requires-python of the selected project, of the lock
// and of the members in dirs.
func (p *planning) requirements(dirs []string) []requirement {
	var reqs []requirement
	seen := map[*project.Pyproject]bool{}
	add := func(py *project.Pyproject) {
		if py == nil || seen[py] || py.RequiresPython == "" {
			return
		}
		seen[py] = true
		reqs = append(reqs, newRequirement(py.Name, py.RequiresPython, py.Doc.Locate("project", "requires-python")))
	}
	add(p.rootProject)
	if p.rootProject == nil {
		add(p.Workspace.Own)
	}
	if l := p.Workspace.Lock; l != nil && l.RequiresPython != "" {
		reqs = append(reqs, newRequirement(l.Name, l.RequiresPython, l.LocateKey("requires-python")))
	}
	for _, dir := range dirs {
		add(p.Workspace.Members[dir])
	}
	return reqs
}

// usePython makes the plan one for a Python.
func (p *planning) usePython(c pythonChoice, reqs []requirement) error {
	rt, ok := p.runtimeOf(c.version)
	if !ok {
		return source.Errorf(p.pythonLocation(), "Lambda has no Python %s: set `python` to one of %s", c.version, runtimeNames())
	}
	p.runtime = rt
	p.plan.Python = plan.Python{
		Version:       c.version.String(),
		Reason:        c.reason,
		Executable:    p.executable(c.version),
		WheelPlatform: rt.WheelPlatform(p.Platform.Architecture),
	}
	p.plan.Base = p.baseImage()
	if err := p.checkInterpreter(); err != nil {
		return err
	}
	p.python = project.NewInterpreter(c.version, p.fullVersion(), specifiers(reqs))
	if file := p.Workspace.PythonVersion; file != nil && file.Request != nil && !p.AssumePython {
		// Whether the file agrees with the base is worth a warning.
		p.python.Is(file.Request.Release())
	}
	return p.checkRequirements(reqs)
}

// fullVersion is the whole version of the base's Python, empty when it is not
// known.
func (p *planning) fullVersion() string {
	if p.base != nil && !p.baseAssumed {
		return p.base.FullVersion
	}
	return p.Pythons[p.plan.Python.Executable]
}

// specifiers are the version specifiers of requirements.
func specifiers(reqs []requirement) []project.Specifier {
	var all []project.Specifier
	for _, r := range reqs {
		all = append(all, r.specifier)
	}
	return all
}

// noRuntime is the error of requirements that exclude every runtime.
func noRuntime(reqs []requirement) error {
	preview := ""
	for _, rt := range project.Runtimes() {
		if rt.Preview && allowsAll(reqs, rt.Version) {
			preview = fmt.Sprintf(", or set `python` to %q for Lambda's preview of it", rt.Version)
		}
	}
	return source.Errorf(reqs[0].loc, "requires-python (%s) excludes every Lambda runtime: allow one of %s%s",
		list(reqs), runtimeNames(), preview)
}

// list names requirements and whose they are.
func list(reqs []requirement) string {
	var parts []string
	for _, r := range reqs {
		parts = append(parts, fmt.Sprintf("%s of %s", r.text, r.of))
	}
	return suggest.List(parts)
}

// pythonLocation points at what chose the version.
func (p *planning) pythonLocation() plan.Location {
	if file := p.Workspace.PythonVersion; p.Spec.Python == "" && file != nil && file.Request != nil {
		return file.Locate(file.Request.Line)
	}
	return p.Spec.Locate("python")
}

// checkRequirements refuses a Python that some requires-python excludes,
// before anything is installed.
func (p *planning) checkRequirements(reqs []requirement) error {
	var errs []error
	refused := map[string]bool{}
	for _, r := range reqs {
		some, this := r.specifier.AllowsMinor(p.runtime.Version), p.python.Satisfies(r.specifier)
		switch {
		case r.err != nil:
			errs = append(errs, source.Errorf(r.loc, "requires-python = %q of %s: %w", r.text, r.of, r.err))
		case some && !this && refused[r.bare()]:
			// The lock repeats what the project says.
		case some && !this && p.fullVersion() != "":
			refused[r.bare()] = true
			errs = append(errs, source.Errorf(r.loc, "%s requires Python %s, but the base %s has Python %s: change requires-python so that it allows %s, and lock again, or name a `base` with another release of Python %s",
				r.of, r.text, p.plan.Base.Ref, p.fullVersion(), p.fullVersion(), p.runtime.Version))
		case !some:
			errs = append(errs, source.Errorf(r.loc, "%s requires Python %s, but the function would run on %s (from %s): %s",
				r.of, r.text, p.runtime.Version, p.plan.Python.Reason, p.otherVersion()))
		}
	}
	return errors.Join(errs...)
}

// otherVersion says what gives a function another Python.
func (p *planning) otherVersion() string {
	if _, known := p.basePython(); known {
		return "change requires-python, or name a `base` with another Python"
	}
	return "change `python` or requires-python"
}

// allowsAll reports whether all requirements allow a Python. One that cannot be
// read allows everything: checkRequirements names it.
func allowsAll(reqs []requirement, v project.Version) bool {
	return !slices.ContainsFunc(reqs, func(r requirement) bool { return !r.specifier.AllowsMinor(v) })
}

// checkInterpreter refuses a base whose interpreter is not what its path says.
func (p *planning) checkInterpreter() error {
	full := p.fullVersion()
	if full == "" || strings.HasPrefix(full, p.runtime.Version.String()+".") {
		return nil
	}
	return source.Errorf(p.plan.Base.Source, "%s of the base %s is Python %s, not %s: name a `base` that has Python %s there, or another `python`",
		p.plan.Python.Executable, p.plan.Base.Ref, full, p.runtime.Version, p.runtime.Version)
}

// describePython says in the plan which patch release it was made for, when
// another one could make another plan.
func (p *planning) describePython() {
	if p.python == nil || p.python.DependsOnPatch() == "" {
		return
	}
	p.plan.Python.FullVersion = p.python.FullVersion()
	if p.fullVersion() != "" {
		return
	}
	p.plan.Python.Assumed = true
	p.plan.Warnings = append(p.plan.Warnings, plan.Warning{
		Message: fmt.Sprintf("%q depends on the patch release of Python, which this plan takes to be %s: a build asks %s for it",
			p.python.DependsOnPatch(), p.plan.Python.FullVersion, p.plan.Base.Ref),
		Source: p.pythonLocation(),
	})
}

// runtimeNames lists the runtimes, newest first.
func runtimeNames() string {
	var names []string
	for _, rt := range slices.Backward(project.Supported()) {
		names = append(names, rt.Version.String())
	}
	return strings.Join(names, ", ")
}

// memberDirs are the folders of the local packages in the closure.
func (p *planning) memberDirs() []string {
	var dirs []string
	for _, m := range slices.Concat(p.closure.Members, p.closure.Virtual) {
		dir, _ := p.Workspace.PackageDir(m)
		dirs = append(dirs, path.Clean(dir))
	}
	return dirs
}
