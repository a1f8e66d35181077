package plan

// Member is a package of this repository: built as a wheel from a copy of its
// sources, then installed by that wheel's path.
type Member struct {
	// Name is the package's normalized name.
	Name string `json:"name"`
	// Path is the member's folder, or the wheel or sdist file it comes as.
	Path string `json:"path"`
	// Set when Path is a wheel or an sdist, and no folder.
	IsFile bool `json:"archive,omitempty"`
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
	// Unversioned says why git tells no version of a package that takes its version
	// from there, for people. It is empty for other packages.
	Unversioned string `json:"unversioned,omitempty"`
	// InBuilder is set when the step runs in the plan's builder.
	InBuilder bool `json:"inBuilder,omitempty"`
	// Settings is the uv.toml that the build and the install run with.
	Settings string `json:"settings,omitempty"`
	// Scripts are the scripts of the package that are kept, for a command that names
	// them.
	Scripts []string `json:"scripts,omitempty"`
	// CompileBytecode compiles modules ahead of the first start.
	CompileBytecode bool `json:"compileBytecode"`
	// Limit is how many bytes the installed files may have, as for the
	// dependencies.
	Limit int64 `json:"limit"`
	// Variables are environment variables that the client gives by --build-arg:
	// places of packages, and versions of packages of the repository.
	Variables map[string]string `json:"variables,omitempty"`
	PackageBuild
}

// PackageBuild is what [tool.uv] has for the build of one package alone. uv passes it
// on where it builds a package by its name, and not where it builds a folder.
type PackageBuild struct {
	// ConfigSettings are for the package's build backend, each as KEY=VALUE.
	ConfigSettings []string `json:"configSettings,omitempty"`
	// BuildVariables are environment variables of the build.
	BuildVariables map[string]string `json:"buildVariables,omitempty"`
}

// KindMembers is the kind of a step whose work is a Member.
const KindMembers StepKind = "members"

// Kind is KindMembers.
func (*Member) Kind() StepKind { return KindMembers }

// AddMember adds the step, with the build secrets that it has and the lines that
// asked for it.
func (p *Plan) AddMember(work *Member, secrets []Secret, at Location) {
	does := "build and install " + work.Name
	if work.IsFile {
		does = "install " + work.Name
	}
	p.add(Step{
		Name: string(KindMembers) + "/" + work.Name, Title: does, Owner: p.Project, For: p.Platform,
		Reads: work.reads(), Makes: PartMembers,
		Images: p.roots(work.InBuilder), On: p.machine(work.InBuilder), Network: true, Cache: true, Secrets: secrets,
		Settings: installation(work.Scripts),
		Source:   at, Work: work,
	})
}

// reads are what the build of a member reads of the context.
func (m *Member) reads() []Read {
	own := Read{Path: m.Path, Exclude: m.Exclude, Sent: true}
	if !m.IsFile {
		own.Package = m.Name
	}
	if m.Whole {
		own.Path = "."
		return []Read{own}
	}
	reads := []Read{own}
	for _, beside := range m.Beside {
		reads = append(reads, Read{Path: beside.Path, Exclude: beside.Exclude, Sent: true})
	}
	for _, written := range m.Written {
		reads = append(reads, Read{Path: written.Path, InPart: isProject(written.Path)})
	}
	return reads
}
