package plan

import "slices"

// roots are the images of a step that installs something: the image of its root
// filesystem, the base, whose libraries are there at run time, and uv.
func (p *Plan) roots(inBuilder bool) []string {
	if inBuilder {
		return []string{p.Builder.Ref, p.Base.Ref, p.UV.Ref}
	}
	return []string{p.Base.Ref, p.UV.Ref}
}

// machine is the platform that such a step runs on.
func (p *Plan) machine(inBuilder bool) Machine {
	if inBuilder {
		return p.BuilderOn
	}
	return Build
}

// BuildsInBuilder tells whether any step runs in the builder.
func (p *Plan) BuildsInBuilder() bool {
	return p.Builder != nil && slices.ContainsFunc(p.Steps, func(st Step) bool { return slices.Contains(st.Images, p.Builder.Ref) })
}
