package plan

// roots are the images of a step that installs something: that of its root
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
	for _, m := range Each[Member](p) {
		if m.InBuilder {
			return true
		}
	}
	for _, d := range Each[Dependencies](p) {
		if d.InBuilder {
			return true
		}
	}
	return false
}
