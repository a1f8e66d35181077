package plan

// Stack puts the parts of a function onto the base image, each as a layer.
type Stack struct{}

// KindImage is the kind of a step whose work is a Stack.
const KindImage StepKind = "image"

// Kind is KindImage.
func (*Stack) Kind() StepKind { return KindImage }

// AddImage adds the step that makes the image.
func (p *Plan) AddImage() {
	p.add(Step{
		Title: "assemble the image", Owner: p.owner(), For: p.target(), Takes: p.parts(), Guards: p.guards(),
		Images: []string{p.Base.Ref}, Source: p.Base.Source, Work: &Stack{},
	})
}

// Tree puts the parts of a function into one folder.
type Tree struct{}

// KindDir is the kind of a step whose work is a Tree.
const KindDir StepKind = "dir"

// Kind is KindDir.
func (*Tree) Kind() StepKind { return KindDir }

// AddDir adds the step that makes the unpacked task root.
func (p *Plan) AddDir() {
	p.add(Step{
		Title: "gather the task root", Owner: p.owner(), For: p.target(), Takes: p.parts(), Guards: p.guards(),
		Source: p.Base.Source, Work: &Tree{},
	})
}
