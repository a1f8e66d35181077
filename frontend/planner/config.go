package planner

import (
	"maps"
	"slices"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/plan"
)

// planConfig completes what is set over the base image's configuration.
func (p *planning) planConfig() {
	p.plan.Config.Env = p.Spec.Env
	labels := p.annotations()
	maps.Copy(labels, p.Spec.Labels)
	maps.Copy(labels, p.Labels)
	p.plan.Config.Labels = labels
}

// keepHandler leaves of the configuration what counts for an output that is no
// image: the handler, unless it is no function either.
func (p *planning) keepHandler() {
	if p.plan.Output == plan.OutputLayer {
		p.plan.Config = nil
		return
	}
	p.plan.Config = &plan.Config{Cmd: p.plan.Config.Cmd, Command: p.plan.Config.Command}
}

// urlLabels pairs the label of an image with the well-known label of a project
// URL, or an alias of it; a later pair counts more:
// https://packaging.python.org/en/latest/specifications/well-known-project-urls/
func urlLabels() [][2]string {
	return [][2]string{
		{ocispecs.AnnotationURL, "homepage"},
		{ocispecs.AnnotationSource, "github"},
		{ocispecs.AnnotationSource, "sourcecode"},
		{ocispecs.AnnotationSource, "repository"},
		{ocispecs.AnnotationSource, "source"},
		{ocispecs.AnnotationDocumentation, "docs"},
		{ocispecs.AnnotationDocumentation, "documentation"},
	}
}

// annotations are the labels of the image specification that pyproject.toml
// knows: https://github.com/opencontainers/image-spec/blob/main/annotations.md
func (p *planning) annotations() map[string]string {
	labels := map[string]string{}
	if p.plan.Base.Dockerfile == nil {
		labels[ocispecs.AnnotationBaseImageName] = p.plan.Base.Ref
	}
	set := func(label, value string) {
		if value != "" {
			labels[label] = value
		}
	}
	py := p.rootProject
	set(ocispecs.AnnotationTitle, py.Name)
	set(ocispecs.AnnotationVersion, py.Version)
	set(ocispecs.AnnotationDescription, py.Description)
	set(ocispecs.AnnotationLicenses, py.License)
	for _, known := range urlLabels() {
		for _, name := range slices.Sorted(maps.Keys(py.URLs)) {
			if normalizeLabel(name) == known[1] {
				set(known[0], py.URLs[name])
			}
		}
	}
	return labels
}

// normalizeLabel compares names of project URLs as their specification says:
// without punctuation and white space, in lower case.
func normalizeLabel(name string) string {
	var out []rune
	for _, r := range name {
		switch {
		case r >= 'A' && r <= 'Z':
			out = append(out, r+('a'-'A'))
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			out = append(out, r)
		}
	}
	return string(out)
}
