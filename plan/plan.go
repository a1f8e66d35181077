// Package plan is the contract between deciding and building: plain data that
// says what one build of one function for one platform will do. The planner
// fills it, llb turns it into a graph, and the command prints it. It imports
// nothing else of this module and holds no behaviour beyond printing.
package plan

import "slices"

// Version is the schema version of a printed plan. It grows when a field is
// renamed, removed or changes its meaning; added fields do not change it.
const Version = 1

// Output is what a build leaves behind.
type Output string

const (
	// OutputImage is the Lambda container image.
	OutputImage Output = "image"
	// OutputZip is an archive with dependencies, members and application.
	OutputZip Output = "zip"
	// OutputLayer is a Lambda layer with the third-party dependencies.
	OutputLayer Output = "layer"
	// OutputApp is an archive with members and application, to go with a layer.
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
		return "an archive with dependencies, members and application"
	case OutputLayer:
		return "a Lambda layer with the third-party dependencies"
	case OutputApp:
		return "an archive with members and application, to go with a layer"
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
	// LimitUnzipped is that of a function and all its layers together.
	LimitUnzipped = 250 << 20
	// LimitZipped is that of an archive that is not uploaded through S3.
	LimitZipped = 50 << 20
	// LimitImage is that of an image, uncompressed and with all its layers.
	LimitImage = 10 << 30
)

// LimitLayers is how many layers a function may have, of the same page.
const LimitLayers = 5

// TaskRoot is where Lambda keeps a function's code, LAMBDA_TASK_ROOT.
const TaskRoot = "/var/task"

// Plan says what one build does for one target platform. All paths of the
// build context are slash-separated and relative to its root.
type Plan struct {
	// Version is that of this description.
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
	// UV is the image that holds the uv binary at /uv.
	UV Image `json:"uv"`

	// Lock is set for OutputLock only, and then no other step is.
	Lock *Lock `json:"lock,omitempty"`

	LockCheck    *LockCheck    `json:"lockCheck,omitempty"`
	Export       *Export       `json:"export,omitempty"`
	Dependencies *Dependencies `json:"dependencies,omitempty"`
	Members      []Member      `json:"members,omitempty"`
	App          *App          `json:"app,omitempty"`
	Config       *Config       `json:"config,omitempty"`
	// Archive is set for the outputs that are archives.
	Archive *Archive `json:"archive,omitempty"`
	// Test is set for OutputTest, and for any other output that is only built
	// when the test, planned and run as OutputTest, passes.
	Test *Test `json:"test,omitempty"`

	// Stale are compiled modules that the function does not get, since another
	// part has replaced their source. They are known once the parts are made.
	Stale []Stale `json:"stale,omitempty"`

	// Warnings are decisions a person should know of.
	Warnings []Warning `json:"warnings,omitempty"`
}

// Stub is a wheel without code: of what is in a wheel, the check of uv.lock reads
// the metadata only, and that is on record in the lock.
type Stub struct {
	// Path is where the check looks for the wheel, relative to the context or
	// outside of it.
	Path string `json:"path"`
	// Metadata is the text of its METADATA file.
	Metadata string `json:"metadata"`
}

// Whole gives a copy of the plan whose steps read all files as they are, but for
// those that are to say something else.
func (p *Plan) Whole() *Plan {
	whole := *p
	if p.LockCheck != nil {
		check := *p.LockCheck
		check.Reduced, whole.LockCheck = altered(check.Reduced), &check
	}
	if p.Export != nil {
		export := *p.Export
		export.Reduced, whole.Export = altered(export.Reduced), &export
	}
	return &whole
}

// Given are the files that the check reads from the plan itself.
func (l *LockCheck) Given() []File {
	given := slices.Clone(l.Reduced)
	for _, hidden := range l.Hidden {
		if !slices.ContainsFunc(l.Reduced, func(f File) bool { return f.Path == hidden.Path }) {
			given = append(given, hidden)
		}
	}
	return given
}

// altered are the files among those that say something else than in the context.
func altered(files []File) []File {
	var kept []File
	for _, f := range files {
		if f.Altered {
			kept = append(kept, f)
		}
	}
	return kept
}

// Part is one of the trees that lie over one another in the task root.
type Part string

// The parts of a function, the lowest first.
const (
	PartDependencies Part = "dependencies"
	PartMembers      Part = "members"
	PartApp          Part = "application"
)

// String is the part for people.
func (p Part) String() string {
	switch p {
	case PartMembers:
		return "the packages of the repository"
	default:
		return "the " + string(p)
	}
}

// Stale are compiled modules of one part.
type Stale struct {
	// Part is the part that has them.
	Part Part `json:"part"`
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
	// Ref is the reference, "ghcr.io/astral-sh/uv:0.13.9".
	Ref    string   `json:"ref"`
	Source Location `json:"source,omitzero"`
}

// Lock runs `uv lock` over a copy of the context.
type Lock struct {
	// Root is the folder that holds, or will hold, uv.lock.
	Root string `json:"root"`
	// Exclude are patterns of the context that resolution never reads.
	Exclude []string `json:"exclude,omitempty"`
	// Args are further arguments of `uv lock`.
	Args    []string `json:"args,omitempty"`
	Secrets []Secret `json:"secrets,omitempty"`
	Source  Location `json:"source,omitzero"`
}

// LockCheck runs `uv lock --check` beside the other steps.
type LockCheck struct {
	// Root is the folder that holds uv.lock.
	Root string `json:"root"`
	// Files are the project files the check reads, relative to the context.
	Files []string `json:"files"`
	// Reduced are those of Files that are read in a shorter form.
	Reduced []File `json:"reduced,omitempty"`
	// Hidden are the Files that an ignore file keeps from the build, whole.
	// Nothing else reads them.
	Hidden []File `json:"hidden,omitempty"`
	// Archives are the wheels and sdists of the repository that the lock
	// names, relative to the context: the check reads their metadata.
	Archives []string `json:"archives,omitempty"`
	// Stubs stand in for wheels of the repository that the build context does
	// not have, and that the function does not need.
	Stubs []Stub `json:"stubs,omitempty"`
	// Builds are the packages of the repository whose dependencies only their
	// build backend knows. The check asks it, and has the network to do so.
	Builds []Folder `json:"builds,omitempty"`
	// Beside are further files and folders that these builds read.
	Beside []Folder `json:"beside,omitempty"`
	// Whole is set when these builds have the whole context, as Beside says.
	Whole bool `json:"whole,omitempty"`
	// Secrets are environment variables filled from build secrets, for Builds
	// and for a check that has to ask the indexes what is wrong.
	Secrets []Secret `json:"secrets,omitempty"`
	Source  Location `json:"source,omitzero"`
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
}

// Export turns uv.lock into the list of packages to install. Its output, not
// its input, decides whether Dependencies runs again.
type Export struct {
	// Root is the folder that holds uv.lock.
	Root string `json:"root"`
	// Files are the files the export reads, relative to the context.
	Files []string `json:"files"`
	// Reduced are those of Files that are read in a shorter form.
	Reduced []File `json:"reduced,omitempty"`
	// Args are the arguments after `uv export`, without the output's.
	Args   []string `json:"args"`
	Source Location `json:"source,omitzero"`
}

// Dependencies installs the exported third-party packages.
type Dependencies struct {
	// Packages counts what will be installed, for the progress line.
	Packages int `json:"packages"`
	// Args are the arguments after `uv pip install -r FILE`.
	Args []string `json:"args"`
	// Settings is the uv.toml that the install runs with: the entries of
	// [tool.uv] that affect installation, and no others.
	Settings string `json:"settings,omitempty"`
	// Glibc is the minor version of the newest C library, of series 2, that a
	// wheel may need: wheels that need a newer one are kept from uv. It is left
	// out when uv's platform says the same.
	Glibc int `json:"glibc,omitempty"`
	// CompileBytecode compiles modules ahead of the first start.
	CompileBytecode bool `json:"compileBytecode"`
	// Slim are the ways to make the packages smaller.
	Slim []string `json:"slim,omitempty"`
	// Limit is how many bytes the installed files may have: those that not
	// even an image can hold are an error.
	Limit int64 `json:"limit"`
	// Secrets are environment variables filled from build secrets.
	Secrets []Secret `json:"secrets,omitempty"`
	Source  Location `json:"source,omitzero"`
}

// Secret is an optional build secret handed to uv as an environment variable.
type Secret struct {
	// ID is the secret's name for the client, as --secret takes it.
	ID string `json:"id"`
	// Env is the variable's name.
	Env    string   `json:"env"`
	Source Location `json:"source,omitzero"`
}

// Member is a package of this repository: built as a wheel from a copy of its
// sources, then installed by that wheel's path.
type Member struct {
	// Name is the package's normalized name.
	Name string `json:"name"`
	// Path is the member's folder, or the wheel or sdist file it comes as.
	Path string `json:"path"`
	// Archive is set when Path is a file.
	Archive bool `json:"archive,omitempty"`
	// Exclude are patterns, relative to Path, that are not part of its sources.
	Exclude []string `json:"exclude,omitempty"`
	// Beside are further files and folders of the context that its build reads:
	// files that its tables name, and packages that it is built with.
	Beside []Folder `json:"beside,omitempty"`
	// Written are files that its build reads in this form.
	Written []File `json:"written,omitempty"`
	// Whole is set when the build has the whole context, of which Exclude says
	// what is left out.
	Whole bool `json:"whole,omitempty"`
	// Modules are what the wheel has to hold: folders, or modules without their
	// ending.
	Modules []string `json:"modules,omitempty"`
	// SomeModule is set when the wheel has to hold a module, whatever its name.
	SomeModule bool `json:"someModule,omitempty"`
	// FoundModule is set when the wheel has to hold a module if there is one in
	// the package's folder.
	FoundModule bool `json:"foundModule,omitempty"`
	// LegacySetuptools is set when the member has no [build-system] table:
	// PEP 517 says that it is built by setuptools' legacy backend.
	LegacySetuptools bool `json:"legacySetuptools,omitempty"`
	// Settings is the uv.toml that the build and the install run with.
	Settings string `json:"settings,omitempty"`
	// CompileBytecode compiles modules ahead of the first start.
	CompileBytecode bool `json:"compileBytecode"`
	// Limit is how many bytes the installed files may have, as for the
	// dependencies.
	Limit int64 `json:"limit"`
	// Secrets are environment variables filled from build secrets.
	Secrets []Secret `json:"secrets,omitempty"`
	Source  Location `json:"source,omitzero"`
}

// App copies the function's own files from the context.
type App struct {
	Copies []Copy   `json:"copies"`
	Source Location `json:"source,omitzero"`
}

// Copy is one file or folder of the application.
type Copy struct {
	// From is relative to the context.
	From string `json:"from"`
	// To is relative to the task root; "." is the task root itself, and then
	// From is a folder whose contents are copied.
	To string `json:"to"`
	// Exclude are patterns relative to From that are left out.
	Exclude []string `json:"exclude,omitempty"`
	Source  Location `json:"source,omitzero"`
}

// Config is what is set over the base image's configuration.
type Config struct {
	// Cmd is the handler.
	Cmd []string `json:"cmd"`
	// Env are environment variables, beside those of the base image.
	Env map[string]string `json:"env,omitempty"`
	// Labels are labels of the image, beside those of the base image.
	Labels map[string]string `json:"labels,omitempty"`
}

// Archive packs some of the trees that an image has as layers. Which ones is
// said by the steps that the plan has.
type Archive struct {
	// Name is the file's name without its ending; the facts beside it end in
	// .json.
	Name string `json:"name"`
	// Prefix is the folder of the archive that stands for the task root.
	Prefix string `json:"prefix,omitempty"`
	// Beside is the prefix of the layer that goes with the archive: it holds
	// the dependencies, whose size counts for Lambda's limit.
	Beside string `json:"beside,omitempty"`
	// Limit is how many bytes the files may have, with those of the layer
	// beside; more are an error.
	Limit int64 `json:"limit"`
	// Facts are what deployment tools want to know, less what only the
	// finished archive can tell.
	Facts  Facts    `json:"facts"`
	Source Location `json:"source,omitzero"`
}

// Test starts the function in its own image, under a Lambda Runtime API, and
// sends it events one after the other.
type Test struct {
	// Events may be none: the function is then started only, which imports its
	// handler.
	Events []Event `json:"events,omitempty"`
	// Network lets the function reach more than its own loopback interface.
	Network bool `json:"network,omitempty"`
	// Timeout is how many seconds the function may take for an event.
	Timeout int `json:"timeout"`
	// Skip says why the test is not run; it is empty when it is.
	Skip   string   `json:"skip,omitempty"`
	Source Location `json:"source,omitzero"`
}

// Event is a JSON file to send to the function.
type Event struct {
	// Path is relative to the context.
	Path string `json:"path"`
	// Response is the JSON file, relative to the context, that the response has
	// to equal; any response will do when it is empty.
	Response string `json:"response,omitempty"`
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
