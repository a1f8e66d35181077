package plan

import "strings"

// Archive writes an archive of parts that are compressed by themselves: the
// dependencies by the step that installs them, the members by a step of their
// own, so that a change of the code never compresses the dependencies again.
type Archive struct {
	// Name is the file's name without its ending; the facts beside it end in
	// .json.
	Name string `json:"name"`
	// Prefix is the folder of the archive that stands for the task root.
	Prefix string `json:"prefix,omitempty"`
	// Opt is the name of the layer that is written beside, without its ending: it
	// has the files below LayerRoot.
	Opt string `json:"opt,omitempty"`
	// ByClient is set when the client writes the archive, out of the parts that it
	// reads of the builder. Otherwise a container does.
	ByClient bool `json:"byClient,omitempty"`
	// Small is how large an application may be that whoever writes the archive
	// compresses, which takes less time than to start a container. A larger one
	// takes a container.
	Small Small `json:"small"`
	// Beside is the prefix of the layer that goes with the archive: it holds
	// the dependencies, whose size counts for Lambda's limit.
	Beside string `json:"beside,omitempty"`
	// Limit is how many bytes the files may have, with the files of the layer
	// beside; more are an error.
	Limit int64 `json:"limit"`
	// Facts are what deployment tools want to know, less what only the
	// finished archive can tell.
	Facts Facts `json:"facts"`
}

// Small is a number of files and of bytes.
type Small struct {
	// Files is the number of files.
	Files int `json:"files"`
	// Bytes is their size before compression.
	Bytes int64 `json:"bytes"`
}

// Facts are properties of a function, by the names of Lambda's API.
type Facts struct {
	// Handler is left out for a layer.
	Handler string `json:"Handler,omitempty"`
	// Runtime is the managed runtime, "python3.13".
	Runtime string `json:"Runtime"`
	// Architecture is "x86_64" or "arm64".
	Architecture string `json:"Architecture"`
}

// KindArchive is the kind of a step whose work is a Archive.
const KindArchive StepKind = "archive"

// Kind is KindArchive.
func (*Archive) Kind() StepKind { return KindArchive }

// files are the names of the archives that are written.
func (w *Archive) files() []string {
	files := []string{w.Name + ".zip"}
	if w.Opt != "" {
		files = append(files, w.Opt+".zip")
	}
	return files
}

// AddArchive adds the step, with the lines that asked for it. It takes all parts
// of the archive.
func (p *Plan) AddArchive(work *Archive, at Location) {
	settings := python()
	if work.Facts.Handler != "" {
		settings = append([]string{"handler"}, settings...)
	}
	step := Step{
		Title: "write " + strings.Join(work.files(), " and "), Owner: p.owner(), For: p.target(), Takes: p.parts(), Guards: p.guards(),
		Images: []string{p.Base.Ref}, On: Build, Settings: settings,
		Source: at, Work: work,
	}
	if work.ByClient {
		step.Images, step.On = nil, ""
	}
	p.add(step)
}
