package plan

import (
	"path"
	"slices"
)

// App copies the function's own files from the context.
type App struct {
	Copies []Copy `json:"copies"`
}

// Copy is one file or folder that is copied.
type Copy struct {
	// From is relative to the context, and absolute in another image.
	From string `json:"from"`
	// To is relative to the task root; "." is the task root itself, and then
	// From is a folder whose contents are copied. For work of the kind "files" it
	// is absolute, and ends in a slash when a file goes into that folder by its
	// own name.
	To string `json:"to"`
	// Exclude are patterns relative to From that are left out.
	Exclude []string `json:"exclude,omitempty"`
	Source  Location `json:"source,omitzero"`
}

// KindApp is the kind of a step whose work is a App.
const KindApp StepKind = "app"

// Kind is KindApp.
func (*App) Kind() StepKind { return KindApp }

// AddApp adds the step, with the lines that asked for it. It copies everything at
// once.
func (p *Plan) AddApp(work *App, at Location) {
	does := "copy the application to " + TaskRoot
	var reads []Read
	for _, c := range work.Copies {
		reads = append(reads, Read{Path: c.From, Exclude: c.Exclude, Sent: true, Source: c.Source})
	}
	if len(reads) == 1 {
		does = "copy " + reads[0].Name() + " to " + path.Join(TaskRoot, work.Copies[0].To)
	}
	settings := []string{"include"}
	// In a module, which is one file, there is nothing to leave out.
	if slices.ContainsFunc(work.Copies, func(c Copy) bool { return path.Ext(c.From) != ".py" }) {
		settings = append(settings, "exclude")
	}
	p.add(Step{
		Title: does, Owner: p.owner(), Reads: reads, Makes: PartApp, Settings: settings,
		Source: at, Work: work,
	})
}
