package plan

// Dependencies installs the exported third-party packages.
type Dependencies struct {
	// Packages counts what will be installed, for the progress line.
	Packages int `json:"packages"`
	Install
}

// Install is how third-party packages are installed.
type Install struct {
	// Args are the arguments after `uv pip install -r FILE`.
	Args []string `json:"args"`
	// Settings is the uv.toml that the install runs with: the entries of
	// [tool.uv] that affect installation, and no others.
	Settings string `json:"settings,omitempty"`
	// Glibc is the minor version of the newest C library, of series 2, that a
	// wheel may need: wheels that need a newer one are kept from uv. It is left
	// out when uv's platform says the same.
	Glibc int `json:"glibc,omitempty"`
	// Scripts are the scripts of packages that are kept, for a command that names
	// them.
	Scripts []string `json:"scripts,omitempty"`
	// CompileBytecode compiles modules ahead of the first start.
	CompileBytecode bool `json:"compileBytecode"`
	// Slim are the ways to make the packages smaller.
	Slim []string `json:"slim,omitempty"`
	// Limit is how many bytes the installed files may have: those that not
	// even an image can hold are an error.
	Limit int64 `json:"limit"`
	// InBuilder is set when the step runs in the plan's builder, since some of the
	// packages are built from source.
	InBuilder bool `json:"inBuilder,omitempty"`
	// Pack is set when the step compresses the packages too, for an archive: a
	// step of its own would take longer to start than that.
	Pack *Pack `json:"pack,omitempty"`
	// Variables are environment variables that the client gives by --build-arg:
	// places of packages, and versions of packages of the repository.
	Variables map[string]string `json:"variables,omitempty"`
}

// Pack is how a part of a function stands in an archive.
type Pack struct {
	// Prefix is the folder of the archive that stands for the task root.
	Prefix string `json:"prefix,omitempty"`
}

// KindDependencies is the kind of a step whose work is a Dependencies.
const KindDependencies StepKind = "dependencies"

// Kind is KindDependencies.
func (*Dependencies) Kind() StepKind { return KindDependencies }

// does says what the step does with its packages.
func (i *Install) does() string {
	if i.Pack != nil {
		return "install and compress"
	}
	return "install"
}

// AddDependencies adds the step, with the build secrets that it has and the lines
// that asked for it. It takes the export.
func (p *Plan) AddDependencies(work *Dependencies, secrets []Secret, at Location) {
	p.add(Step{
		Title: work.does() + " " + count(work.Packages, "package"), Owner: p.Project, For: p.Platform,
		Takes: []string{string(KindExport)}, Taken: "the exported list", Makes: PartDependencies,
		Images: p.roots(work.InBuilder), On: p.machine(work.InBuilder), Network: true, Cache: true, Secrets: secrets,
		Settings: append(installation(work.Scripts), "slim"),
		Source:   at, Work: work,
	})
}
