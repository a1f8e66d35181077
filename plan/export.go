package plan

import "strings"

// Export turns uv.lock into the list of packages to install. Its output, not
// its input, decides whether Dependencies runs again.
type Export struct {
	// Root is the folder that holds uv.lock.
	Root string `json:"root"`
	// Files are the files the export reads, relative to the context.
	Files []string `json:"files"`
	// Reduced are the files among Files that are read in a shorter form.
	Reduced []File `json:"reduced,omitempty"`
	// Args are the arguments after `uv export`, without the output's.
	Args []string `json:"args"`
}

// KindExport is the kind of a step whose work is a Export.
const KindExport StepKind = "export"

// Kind is KindExport.
func (*Export) Kind() StepKind { return KindExport }

// AddExport adds the step, with the lines that asked for it.
func (p *Plan) AddExport(work *Export, at Location) {
	p.add(Step{
		Title: "export uv.lock", Owner: p.Project, For: strings.Join(work.Args, " "),
		Reads:  projectFiles(work.Files, work.Reduced),
		Images: []string{p.UV.Ref}, On: Build,
		Settings: []string{"uv", "package", "groups", "extras"},
		Source:   at, Work: work,
	})
}

// asIs gives the export of all files as they are.
func (e *Export) asIs() Work {
	whole := *e
	whole.Reduced = altered(e.Reduced)
	return &whole
}
