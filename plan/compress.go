package plan

// Compress compresses the members for an archive. The packages are compressed
// where they are installed, and the application with the writing.
type Compress struct {
	Pack
}

// Kind is KindCompress.
func (*Compress) Kind() StepKind { return KindCompress }

// AddCompress adds the step, with the lines that asked for it. It takes the
// members.
func (p *Plan) AddCompress(work *Compress, at Location) {
	var members []string
	for st := range Each[Member](p) {
		members = append(members, st.Name)
	}
	p.add(Step{
		Title: "compress the members", Owner: p.owner(), For: p.Platform,
		Takes: members, Taken: "the installed members", Makes: PartMembers,
		Images: []string{p.Base.Ref}, On: Build, Settings: python(),
		Source: at, Work: work,
	})
}
