package planner

import (
	"fmt"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// checkWheels names every package without a wheel for the target at once.
func (p *planning) checkWheels() error {
	if p.installable {
		return nil
	}
	missing := p.closure.MissingWheels(p.runtime, p.Platform.Architecture, p.Workspace.Top.BuildSettings())
	var lines []string
	at := []plan.Location{p.Workspace.Lock.Locate(missing[0].Package)}
	origins := p.origins()
	for _, m := range missing {
		origin, _ := origins.Of(m.Package)
		at = append(at, origin.Locations()[1:]...)
		lines = append(lines, fmt.Sprintf("  %s: %s", origin, p.available(m)))
	}
	return source.ErrorAt(at,
		"%d of the locked packages cannot be installed on %s with Python %s (%s):\n%s\n%s",
		len(missing), p.plan.Platform, p.python, p.runtime.Libc(), strings.Join(lines, "\n"), p.wheelRemedy()).Of(RuleNoCompatibleWheel)
}

// available says what a package has, and what it lacks when that is the Python.
func (p *planning) available(m project.Missing) string {
	switch {
	case m.NoBinary:
		return "it has no source distribution, and its wheels are not allowed (no-binary)"
	case m.NoBuild && len(m.Platforms) > 0:
		return "it has no such wheel, and building it is not allowed (no-build)"
	case m.NoBuild:
		return "it has no wheels, and building it is not allowed (no-build)"
	case len(m.Pythons) > 0:
		return fmt.Sprintf("its wheels for %s are for %s, none is for %s", p.plan.Platform, suggest.List(m.Pythons), p.runtime.Tag())
	case len(m.Platforms) > 0:
		return "it has wheels for " + suggest.List(m.Platforms)
	default:
		return "it has neither wheels nor a source distribution"
	}
}

// wheelRemedy says what to do when packages have no wheel for the target. Each
// remedy that it names has been tried.
func (p *planning) wheelRemedy() string {
	if v, ok := p.otherPython(); ok {
		set := fmt.Sprintf("set python = %q", v)
		if file := p.Workspace.PythonVersion; p.Spec.Python == "" && file != nil && file.Request != nil {
			set = fmt.Sprintf("write %s into %s", v, file.Name)
		}
		return fmt.Sprintf("%s, for which all of them can be installed, or lock versions that have wheels for Python %s", set, p.runtime.Version)
	}
	elsewhere := ""
	if platform, ok := p.otherPlatform(); ok {
		elsewhere = fmt.Sprintf(" build for %s, where all of them can be installed,", platform)
	}
	return "no other Python would do: lock versions that have such a wheel," + elsewhere + " or depend on packages that have one"
}
