package plan

import (
	"slices"
	"strings"
)

// Files copies files that are no part of the application: files of another image,
// and files of the context that go to a place outside of the task root.
type Files struct {
	// Image is the reference of the image; it is left out for the context.
	Image string `json:"image,omitempty"`
	// Copies have absolute places in the function's image.
	Copies []Copy `json:"copies"`
}

// KindFiles is the kind of a step whose work is a Files.
const KindFiles StepKind = "files"

// Kind is KindFiles.
func (*Files) Kind() StepKind { return KindFiles }

// From says whose files they are, for people.
func (w *Files) From() string {
	if w.Image == "" {
		return "the context"
	}
	return w.Image
}

// Below tells whether any of the files may be below a folder.
func (w *Files) Below(dir string) bool {
	return slices.ContainsFunc(w.Copies, func(c Copy) bool { return c.Below(dir) })
}

// Below tells whether a copy for an absolute place goes to a folder or below it.
func (c Copy) Below(dir string) bool {
	return c.To == dir || strings.HasPrefix(c.To, dir+"/")
}

// AddFiles adds the step, with the lines that asked for it. It copies everything
// of one image at once.
func (p *Plan) AddFiles(work *Files, at Location) {
	name := string(KindFiles)
	var images []string
	var reads []Read
	if work.Image != "" {
		name += "/" + work.Image
		images = []string{work.Image}
	} else {
		for _, c := range work.Copies {
			reads = append(reads, Read{Path: c.From, Exclude: c.Exclude, Sent: true, Source: c.Source})
		}
	}
	p.add(Step{
		Name: name, Title: work.does(), Owner: p.owner(), For: work.platform(p),
		Reads: reads, Makes: PartFiles, Images: images, Settings: work.settings(),
		Source: at, Work: work,
	})
}

// does says what the step does.
func (w *Files) does() string {
	if len(w.Copies) == 1 {
		return "copy " + w.Copies[0].From + " of " + w.From() + " to " + w.Copies[0].To
	}
	return "copy " + count(len(w.Copies), "path") + " of " + w.From()
}

// platform tells the step from one of another plan: an image has other files for
// another platform.
func (w *Files) platform(p *Plan) string {
	if w.Image == "" {
		return ""
	}
	return p.Platform
}

// settings are the keys of the table that the step depends on.
func (w *Files) settings() []string {
	if w.Image == "" {
		return []string{"include", "exclude"}
	}
	return []string{"include"}
}
