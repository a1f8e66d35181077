package planner

import (
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

const (
	// DefaultUV is the uv that is used when the project names none.
	DefaultUV = "0.13.9"
	// BaseRepository holds the Lambda base images, tagged by Python version, with "-preview" before a release:
	// https://gallery.ecr.aws/lambda/python
	BaseRepository = "public.ecr.aws/lambda/python"
	// UVRepository holds the uv images, tagged by uv version.
	UVRepository = "ghcr.io/astral-sh/uv"
)

// baseImage is the image that has the chosen Python.
func (p *planning) baseImage() plan.Image {
	if p.Spec.Base != "" {
		return plan.Image{Ref: p.Spec.Base, Dockerfile: p.work.base, Source: p.Spec.Locate("base")}
	}
	return plan.Image{Ref: BaseRepository + ":" + p.runtime.Image(), Source: p.pythonLocation()}
}

// chooseUV names the image that has uv.
func (p *planning) chooseUV() error {
	uv, err := p.uvImage()
	p.plan.UV = uv
	return err
}

// uvImage takes uv from `uv`, else from an exact required-version, else the
// default; and refuses one that required-version does not allow.
func (p *planning) uvImage() (plan.Image, error) {
	loc := p.Spec.Locate("uv")
	if isReference(p.Spec.UV) {
		return plan.Image{Ref: p.Spec.UV, Source: loc}, nil
	}
	version, required := p.Spec.UV, p.Workspace.Top.RequiredVersion
	if version == "" {
		version = DefaultUV
		if exact, ok := project.ExactUV(required); ok {
			version = exact
		}
	}
	if required != "" {
		loc = p.Workspace.Top.Doc.Locate("tool", "uv", "required-version")
		ok, err := project.MatchUV(required, version)
		if err != nil {
			return plan.Image{}, source.Errorf(loc, "required-version = %q: %w", required, err)
		}
		if !ok {
			return plan.Image{}, source.Errorf(loc, "required-version = %q does not allow uv %s: set `uv` in [tool.uvlambda] to a version that it allows", required, version)
		}
	}
	if project.CompareVersions(version, spec.MinimumUV) < 0 {
		return plan.Image{}, source.Errorf(loc, "required-version = %q pins a uv that is too old, since its export cannot leave out local packages (--no-emit-local): allow %s or newer", required, spec.MinimumUV)
	}
	return plan.Image{Ref: UVRepository + ":" + version, Source: loc}, nil
}

// isReference tells an image reference from a version.
func isReference(s string) bool { return strings.ContainsAny(s, "/:@") }
