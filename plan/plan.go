// Package plan is the contract between deciding and building: plain data that
// says what one build of one function for one platform will do. The planner
// fills it, llb turns it into a graph, and package draw prints it. It imports
// nothing else of this module. Each kind of step has a file here, with what it
// does and how that is described.
package plan

// Version is the schema version of a printed plan. It grows when a field is
// renamed, removed or changes its meaning; added fields do not change it.
const Version = 2

// Output is what a build leaves behind.
type Output string

const (
	// OutputImage is the Lambda container image.
	OutputImage Output = "image"
	// OutputZip is a zip archive of the dependencies, the members and the application.
	OutputZip Output = "zip"
	// OutputLayer is a Lambda layer with the third-party dependencies.
	OutputLayer Output = "layer"
	// OutputApp is a zip archive of the members and the application, to go with a layer.
	OutputApp Output = "app"
	// OutputDir is the unpacked task root.
	OutputDir Output = "dir"
	// OutputTest is the report of a test of the function in its own image.
	OutputTest Output = "test"
	// OutputLock is a refreshed uv.lock, and nothing else.
	OutputLock Output = "lock"
)

// Outputs are all outputs, as --target takes them.
func Outputs() []Output {
	return []Output{OutputImage, OutputZip, OutputLayer, OutputApp, OutputDir, OutputTest, OutputLock}
}

// IsArchive tells the outputs that are a zip archive.
func (o Output) IsArchive() bool {
	return o == OutputZip || o == OutputLayer || o == OutputApp
}

// Description says what an output is, for lists of targets.
func (o Output) Description() string {
	switch o {
	case OutputImage:
		return "the container image"
	case OutputZip:
		return "a zip of the dependencies, the members and the application"
	case OutputLayer:
		return "a Lambda layer with the third-party dependencies"
	case OutputApp:
		return "a zip of the members and the application, to go with a layer"
	case OutputDir:
		return "the unpacked task root"
	case OutputTest:
		return "the report of the function's test in its own image"
	case OutputLock:
		return "a refreshed uv.lock"
	default:
		return ""
	}
}

// Lambda's quotas in bytes, whose MB and GB are powers of two:
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	// LimitUnzipped is the limit of a function and all its layers together.
	LimitUnzipped = 250 << 20
	// LimitZipped is the limit of an archive that is not uploaded through S3.
	LimitZipped = 50 << 20
	// LimitImage is the limit of an image, uncompressed and with all its layers.
	LimitImage = 10 << 30
)

// LimitLayers is how many layers a function may have, of the same page.
const LimitLayers = 5

// TaskRoot is where Lambda keeps a function's code, LAMBDA_TASK_ROOT.
const TaskRoot = "/var/task"

// SourcePath is the folder that steps have the files of the build context below.
const SourcePath = "/src"

// Epoch is 1980-01-01 as a Unix time, the earliest that zip archives can hold:
// the time of every file that a build makes, so that two builds of the same
// input are equal.
const Epoch = 315532800

// Plan says what one build does for one target platform. All paths of the
// build context are slash-separated and relative to its root.
type Plan struct {
	// Version is the version of this description.
	Version int `json:"version"`
	// Project is the name of the project, or of its member.
	Project string `json:"project"`
	// Function is the function's name, when the project has several.
	Function string `json:"function,omitempty"`
	// Output is what the build leaves behind.
	Output Output `json:"output"`
	// Platform is in OCI form, "linux/arm64".
	Platform string `json:"platform"`
	Python   Python `json:"python"`
	// Base is the image a function starts from. Its build-platform variant is
	// also the root filesystem of the steps that need a Python.
	Base Image `json:"base"`
	// Builder is the image in which packages are built from source; it is left out
	// when that is the base image.
	Builder *Image `json:"builder,omitempty"`
	// BuilderOn says which platform the builder is for: the target's when its programs
	// can be run, so that native code is built for the function.
	BuilderOn Machine `json:"builderOn,omitempty"`
	// UV is the image that holds the uv binary at /uv.
	UV Image `json:"uv"`

	// Config is what is set over the base image's configuration. An output that is
	// no image has the handler only, and one that is no function has none.
	Config *Config `json:"config,omitempty"`
	// Steps are what the build does, in order; the last one makes the output.
	Steps []Step `json:"steps"`

	// Export lists the packages in uv.lock where no step needs that, since each of
	// them is installed by itself: who builds without uvlambda has to name them.
	Export *Export `json:"export,omitempty"`

	// Stale are files of parts that the function does not get: compiled modules
	// whose source another part has replaced, and what a step reports in its part.
	// They are known once the parts are made.
	Stale []Stale `json:"stale,omitempty"`

	// Warnings are decisions a person should know of.
	Warnings []Warning `json:"warnings,omitempty"`
}

// LayerRoot is where Lambda unpacks layers, and looks for extensions.
const LayerRoot = "/opt"

// Extensions is the folder of Lambda's extensions, all of which it starts before
// the function.
const Extensions = LayerRoot + "/extensions"

// Part is one of the trees that lie over one another in the task root. Files may
// also be elsewhere in the image.
type Part string

// The parts of a function, the lowest first. The base is one where a step builds it.
const (
	PartBase         Part = "base"
	PartDependencies Part = "dependencies"
	PartMembers      Part = "members"
	PartFiles        Part = "files"
	PartApp          Part = "application"
)

// String is the part for people.
func (p Part) String() string {
	switch p {
	case PartMembers:
		return "the packages of the repository"
	case PartFiles:
		return "the files of other images"
	default:
		return "the " + string(p)
	}
}

// Stale are files that are left out of one part.
type Stale struct {
	// Part is the part that has them.
	Part Part `json:"part"`
	// Package is set when it is the tree of one package that has them.
	Package string `json:"package,omitempty"`
	// Paths are below the task root, each as the pattern that only its name
	// matches.
	Paths []string `json:"paths"`
}

// Python is the interpreter version everything is resolved for.
type Python struct {
	// Version is MAJOR.MINOR, as in the base image's tag.
	Version string `json:"version"`
	// FullVersion is the base's version with its patch release, for which this
	// plan was made. It is left out when the plan is the same for all of them.
	FullVersion string `json:"fullVersion,omitempty"`
	// Assumed is set when nobody asked the base for FullVersion: it is the newest
	// that the project tells apart from others, and a build may find another.
	Assumed bool `json:"assumed,omitempty"`
	// Reason names where the version comes from, for people.
	Reason string `json:"reason"`
	// Executable is the interpreter's path in the base image.
	Executable string `json:"executable"`
	// WheelPlatform is uv's --python-platform for the target.
	WheelPlatform string `json:"wheelPlatform"`
}

// Image is a reference to an image, as written; digests are pinned when it is
// resolved.
type Image struct {
	// Ref is the reference, "ghcr.io/astral-sh/uv:0.13.9". It is where the image is
	// built from when that is a Dockerfile.
	Ref string `json:"ref"`
	// Dockerfile is what the image is built from, nil for one of a registry.
	Dockerfile *Base    `json:"dockerfile,omitempty"`
	Source     Location `json:"source,omitzero"`
}

// File is a file of the context as a step reads it: a pyproject.toml with only
// what uv reads, so that other edits leave the step cached.
type File struct {
	// Path is the file's place in the context.
	Path string `json:"path"`
	// Content is what the step finds there.
	Content string `json:"content"`
	// Altered is set when the content says something else than the file does.
	Altered bool `json:"altered,omitempty"`
}

// Folder is a folder of the context, or a file where that is said.
type Folder struct {
	// Path is relative to the context's root, "." for the context itself.
	Path string `json:"path"`
	// Exclude are patterns, relative to Path, that are left out.
	Exclude []string `json:"exclude,omitempty"`
	// Package is the name of the package in the folder, if a package is built from
	// it.
	Package string `json:"package,omitempty"`
}

// Secret is an optional build secret handed to uv as an environment variable.
type Secret struct {
	// ID is the secret's name for the client, as --secret takes it.
	ID string `json:"id"`
	// Env is the variable's name.
	Env    string   `json:"env"`
	Source Location `json:"source,omitzero"`
}

// Config is what is set over the base image's configuration.
type Config struct {
	// Cmd is the handler, or the command of a function without one.
	Cmd []string `json:"cmd"`
	// Command is set when Cmd is a command. The base image's entrypoint is then
	// left out.
	Command bool `json:"command,omitempty"`
	// Entrypoint is what starts Cmd, where that is not the base image's.
	Entrypoint []string `json:"entrypoint,omitempty"`
	// WorkingDir is where that is started, where the base image says another place.
	WorkingDir string `json:"workingDir,omitempty"`
	// User is the image's, where that is not the base image's.
	User string `json:"user,omitempty"`
	// Path are the folders in which programs are looked for before the folders of the
	// base image's PATH.
	Path []string `json:"path,omitempty"`
	// Env are environment variables, beside the base image's.
	Env map[string]string `json:"env,omitempty"`
	// Labels are labels of the image, beside the base image's.
	Labels map[string]string `json:"labels,omitempty"`
}

// Warning is a remark with the lines it is about.
type Warning struct {
	// Rule names the kind of warning, "PythonVersionMismatch". It is empty for a
	// warning that no rule is for.
	Rule string `json:"rule"`
	// Message is for people.
	Message string   `json:"message"`
	Source  Location `json:"source,omitzero"`
}

// Location is a range of lines in a file of the context, both ends included
// and counted from 1. The zero value means that nothing is known.
type Location struct {
	// File is relative to the context.
	File string `json:"file"`
	// Line is the first.
	Line int `json:"line"`
	// EndLine is the last.
	EndLine int `json:"endLine"`
}
