package plan

// Compress compresses a part of a function for an archive: the members, or the
// files of other images and of places outside of the task root. The packages are
// compressed where they are installed, and the application with the writing.
type Compress struct {
	// Root is the folder whose files are compressed, and which the archive's prefix
	// stands for.
	Root string `json:"root"`
	Pack
}

// KindCompress is the kind of a step whose work is a Compress.
const KindCompress StepKind = "compress"

// Kind is KindCompress.
func (*Compress) Kind() StepKind { return KindCompress }

// AddCompress adds the step for the members, with the lines that asked for it.
func (p *Plan) AddCompress(work *Compress, at Location) {
	var members []string
	for st := range Each[Member](p) {
		members = append(members, st.Name)
	}
	p.addCompress(work, Step{
		Title: "compress the members", Takes: members, Taken: "the installed members", Makes: PartMembers, Source: at,
	})
}

// AddCompressFiles adds the step for what the steps of the kind "files" copy below
// the work's root, with the lines that asked for it.
func (p *Plan) AddCompressFiles(work *Compress, at Location) {
	var takes []string
	for st, files := range Each[Files](p) {
		if files.Below(work.Root) {
			takes = append(takes, st.Name)
		}
	}
	p.addCompress(work, Step{
		Name: string(KindCompress) + work.Root, Title: "compress the files for " + work.Root,
		Takes: takes, Taken: "the copied files", Makes: PartFiles, Source: at,
	})
}

// addCompress adds a step that compresses.
func (p *Plan) addCompress(work *Compress, st Step) {
	st.Owner, st.For = p.owner(), p.Platform
	st.Images, st.On, st.Settings = []string{p.Base.Ref}, Build, python()
	st.Work = work
	p.add(st)
}
