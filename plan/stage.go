package plan

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// stage is a step of a build as people see it. What it reads is what package
// llb gives the step as input, and nothing else makes it run again.
type stage struct {
	kind kind
	// does is what happens, "export uv.lock".
	does string
	// of tells it apart from the stage of another plan that does the same.
	of string
	// files are those it reads of the context; a folder stands for all in it.
	files []string
	// image is the reference of the image that it builds on.
	image string
	// made is what it reads of earlier stages, in words, and after are they.
	made  string
	after []*stage
	// guards are stages that have to succeed, and that it reads nothing of.
	guards []*stage
	// settings are what else it depends on, by the names of a plan's facts and
	// of the table's keys.
	settings []string
	// runs says when it runs, if no change decides on that.
	runs string
	// same is equal for stages that several plans have in common: a builder
	// runs them once.
	same string
}

// kind groups stages that look alike in a picture.
type kind string

const (
	kindStep   kind = "step"
	kindCheck  kind = "check"
	kindResult kind = "result"
)

// stages are the steps of a build in their order; the last is its result.
func (p Plan) stages() []*stage {
	if p.Lock != nil {
		return []*stage{p.lockStage()}
	}
	var all, packages, members, app, guards []*stage
	if p.LockCheck != nil {
		guards = append(guards, p.lockCheckStage())
	}
	if p.Dependencies != nil {
		export := p.exportStage()
		all = append(all, export)
		packages = append(packages, p.dependenciesStage(export))
	}
	for i := range p.Members {
		members = append(members, p.memberStage(&p.Members[i]))
	}
	if p.App != nil {
		app = append(app, p.appStage())
	}
	trees := slices.Concat(packages, members, app)
	all = slices.Concat(all, trees, guards)
	if p.Output == OutputTest {
		test := p.testStage(trees)
		test.kind, test.guards = kindResult, guards
		return append(all, test)
	}
	if p.Test != nil {
		test := p.testStage(trees)
		all, guards = append(all, test), append(guards, test)
	}
	if p.Archive != nil && len(members) > 0 {
		compress := p.compressStage(members)
		all, trees = append(all, compress), slices.Concat(packages, []*stage{compress}, app)
	}
	return append(all, p.resultStage(trees, guards))
}

// lockStage asks package indexes for what is new, which no cache can know.
func (p Plan) lockStage() *stage {
	return &stage{
		kind: kindResult, does: "resolve " + path.Join(p.Lock.Root, "uv.lock"), runs: "always",
		same: identity(p.Lock, p.UV.Ref, p.Base.Ref),
	}
}

func (p Plan) lockCheckStage() *stage {
	files := append(projectFiles(p.LockCheck.Files, p.LockCheck.Reduced), p.LockCheck.Archives...)
	folders := slices.Concat(p.LockCheck.Builds, p.LockCheck.Beside)
	if p.LockCheck.Whole {
		folders = p.LockCheck.Beside
	}
	for _, folder := range folders {
		files = append(files, place(folder.Path))
	}
	return &stage{
		kind: kindCheck, does: "check that uv.lock is up to date", files: files,
		settings: append(builder(), "uv"),
		same:     identity("lock-check", p.LockCheck, p.UV.Ref, p.Base.Ref, p.Python.Executable),
	}
}

func (p Plan) exportStage() *stage {
	return &stage{
		kind: kindStep, does: "export uv.lock", of: strings.Join(p.Export.Args, " "),
		files:    projectFiles(p.Export.Files, p.Export.Reduced),
		settings: []string{"uv", "package", "groups", "extras"},
		same:     identity("export", p.Export, p.UV.Ref),
	}
}

func (p Plan) dependenciesStage(export *stage) *stage {
	d := *p.Dependencies
	does, packed := "install ", ""
	if p.Archive != nil {
		does, packed = "install and compress ", "/"+cmp.Or(p.Archive.Beside, p.Archive.Prefix)
	}
	return &stage{
		kind: kindStep, does: does + count(d.Packages, "package"), of: p.Platform,
		made: "the exported list", after: []*stage{export},
		settings: append(installation(), "slim"),
		same:     identity("dependencies", export.same, d, packed, p.UV.Ref, p.Base.Ref, p.Python.Executable, p.Python.WheelPlatform),
	}
}

func (p Plan) memberStage(m *Member) *stage {
	does := "build and install " + m.Name
	if m.Archive {
		does = "install " + m.Name
	}
	return &stage{
		kind: kindStep, does: does, of: p.Platform, files: m.files(),
		settings: installation(),
		same:     identity("member", m, p.UV.Ref, p.Base.Ref, p.Python.Executable, p.Python.WheelPlatform),
	}
}

// files are what the build of a member reads of the context.
func (m *Member) files() []string {
	if m.Whole {
		return []string{place(".")}
	}
	files := []string{place(m.Path)}
	for _, beside := range m.Beside {
		files = append(files, place(beside.Path))
	}
	for _, written := range m.Written {
		name := written.Path
		if path.Base(name) == "pyproject.toml" {
			name += " (in part)"
		}
		files = append(files, name)
	}
	return files
}

// appStage copies everything in one step.
func (p Plan) appStage() *stage {
	does := "copy the application to " + TaskRoot
	var files []string
	for _, c := range p.App.Copies {
		files = append(files, place(c.From))
	}
	if len(files) == 1 {
		does = "copy " + files[0] + " to " + path.Join(TaskRoot, p.App.Copies[0].To)
	}
	settings := []string{"include"}
	// In a module, which is one file, there is nothing to leave out.
	if slices.ContainsFunc(p.App.Copies, func(c Copy) bool { return path.Ext(c.From) != ".py" }) {
		settings = append(settings, "exclude")
	}
	return &stage{
		kind: kindStep, does: does, files: files,
		settings: settings,
		same:     identity("app", p.App),
	}
}

// testStage starts the function in its image, which is the trees on the base.
func (p Plan) testStage(trees []*stage) *stage {
	var files []string
	for _, e := range p.Test.Events {
		files = append(files, e.Path)
		if e.Response != "" {
			files = append(files, e.Response)
		}
	}
	does := "start the function"
	if len(p.Test.Events) > 0 {
		does = "send the function " + count(len(p.Test.Events), "event")
	}
	st := &stage{
		kind: kindCheck, does: does, of: p.target(), files: files, image: p.Base.Ref, made: made(trees), after: trees,
		settings: []string{"handler", "env", "test.network", "test.timeout"},
		same:     identity("test", p.target(), p.Test),
	}
	if p.Test.Skip != "" {
		st.runs = "never: " + p.Test.Skip
	}
	return st
}

// compressStage compresses the members for an archive. The packages are
// compressed where they are installed, and the application with the writing.
func (p Plan) compressStage(members []*stage) *stage {
	from := []any{"compress", p.Archive.Prefix}
	for _, member := range members {
		from = append(from, member.same)
	}
	return &stage{
		kind: kindStep, does: "compress the members", of: p.Platform,
		made: "the installed members", after: members,
		settings: builder(),
		same:     identity(from...),
	}
}

// resultStage puts the trees together.
func (p Plan) resultStage(trees, guards []*stage) *stage {
	st := &stage{
		kind: kindResult, of: p.target(), made: made(trees), after: trees, guards: guards,
		same: identity(p.Output, p.target()),
	}
	switch {
	case p.Archive != nil:
		st.does, st.settings = "write "+p.Archive.Name+".zip", builder()
		if p.Archive.Facts.Handler != "" {
			st.settings = append([]string{"handler"}, st.settings...)
		}
	case p.Output == OutputDir:
		st.does = "gather the task root"
	default:
		st.does, st.image = "assemble the image", p.Base.Ref
	}
	return st
}

// made is what a stage reads that is made of the trees.
func made(trees []*stage) string {
	if len(trees) == 0 {
		return ""
	}
	return "what the steps above make"
}

// target names what a plan is for, among the plans of one project.
func (p Plan) target() string {
	return strings.TrimSpace(p.Function + " " + p.Platform)
}

// projectFiles names files of which a step may read only what concerns uv.
func projectFiles(files []string, reduced []File) []string {
	named := slices.Clone(files)
	for i, name := range named {
		if slices.ContainsFunc(reduced, func(f File) bool { return f.Path == name }) {
			named[i] += " (in part)"
		}
	}
	return named
}

// place is a path of the context, in words where that is the context itself.
func place(name string) string {
	if name == "." {
		return "the whole context"
	}
	return name
}

// builder is what every step reads that runs a program of ours.
func builder() []string {
	return []string{"Python", "the base image"}
}

// installation is what every step reads that installs something.
func installation() []string {
	return append(builder(), "uv", "an install setting of [tool.uv]", "compile-bytecode")
}

// identity is text that is equal for equal values, wherever in the build's
// files they were written.
func identity(values ...any) string {
	var written any
	// Plans are plain data, which JSON can always say and read back.
	data, _ := json.Marshal(values)
	_ = json.Unmarshal(data, &written)
	data, _ = json.Marshal(withoutSources(written))
	return string(data)
}

// withoutSources removes the locations from a value read from JSON.
func withoutSources(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = withoutSources(value[i])
		}
	case map[string]any:
		delete(value, "source")
		for key := range value {
			value[key] = withoutSources(value[key])
		}
	}
	return value
}
