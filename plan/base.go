package plan

// Base builds the image that the function starts from, by BuildKit's own frontend
// of Dockerfiles. The steps that have the image have it for the platform that
// builds, and the function for its own.
type Base struct {
	// Path is the Dockerfile's, relative to the context.
	Path string `json:"path"`
	// Target is the stage to build; it is empty for the last one.
	Target string `json:"target,omitempty"`
}

// KindBase is the kind of a step whose work is a Base.
const KindBase StepKind = "base"

// Kind is KindBase.
func (*Base) Kind() StepKind { return KindBase }

// AddBase adds the step, with the files of the context that the Dockerfile copies.
func (p *Plan) AddBase(work *Base, copied []string, at Location) {
	reads := []Read{{Path: work.Path}}
	for _, name := range copied {
		reads = append(reads, Read{Path: name})
	}
	does := "build " + work.Path
	if work.Target != "" {
		does += ", stage " + work.Target
	}
	p.add(Step{
		Title: does, Owner: p.Project, For: p.Platform, Reads: reads, Makes: PartBase,
		On: Target, Network: true, Settings: []string{"build arguments"}, Source: at, Work: work,
	})
}
