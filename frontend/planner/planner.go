// Package planner makes every decision of a build, once: from the spec, what
// was read of the repository and the client's options it makes a plan. It is
// pure; mistakes of the user come back as source errors with file and line.
package planner

import (
	"errors"
	"path"
	"reflect"

	"github.com/containerd/platforms"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/python"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// Input is all that a plan is made from.
type Input struct {
	// Spec is the spec of the function, and Output what to make of it: see
	// ParseTarget.
	Spec   *spec.Spec
	Output plan.Output
	// TestFor is the output that a test is run beside, of the same function: both
	// install alike, and so once.
	TestFor   plan.Output
	Workspace *Workspace
	// Platform is the target platform; it is linux/amd64 or linux/arm64.
	Platform ocispecs.Platform
	// Runnable are the platforms whose programs the builder runs, by itself or
	// by emulation. None means that this is not known.
	Runnable []ocispecs.Platform
	// TakesFiles is set for a client that takes archives as files, and writes them
	// itself.
	TakesFiles bool
	// Labels are the client's --label, over the labels of the spec.
	Labels map[string]string
	// Upgrade says what `--target lock` may upgrade: "all", or package names
	// with commas between them.
	Upgrade string
	// BuildArgs are the client's --build-arg.
	BuildArgs map[string]string
	// Listing is what is known of the trees that the application is copied
	// from, and members are built from: see Decided.Unlisted.
	Listing files.Listing
	// Pythons are the whole versions of Pythons of the base, "3.13.5", by the
	// path of their executable. While one is not there, Decide gives an Unknown
	// if that decides something. There can be several, since what the lock has
	// wheels for decides the Python.
	Pythons map[string]string
	// Bases are what was found in images that functions start from, by reference.
	// While one is not there that the project names, Decide gives an Unknown.
	Bases map[string]*Base
	// AssumePython has a decision that depends on the patch release made for
	// the newest one that it tells apart, where nobody can ask the base. A base
	// is then taken to have what images of its name have.
	AssumePython bool
	// Described is what git says of versions, by the folders of the packages that take
	// theirs from git. While one is not there, Decide gives an Unknown, unless
	// Undescribed is set.
	Described   map[string]Described
	Undescribed bool
	// Whole are the packages of the repository that are built from the whole
	// context, since they did not build from what they were known to read, and
	// WholeCheck says the same of the check of uv.lock.
	Whole      []string
	WholeCheck bool
	// BuildCommand is what a person types for a build like this one, less its
	// target, output and context; messages that name a command start with it.
	BuildCommand string
	// BuildContext is the context that goes with BuildCommand. It is empty for a
	// client whose context cannot be the workspace above the folder it names.
	BuildContext string
}

// planning is one run of Decide.
type planning struct {
	Input
	plan    *plan.Plan
	runtime project.Runtime
	// base is what was found in the base; it is nil for AWS's own, and for one that
	// is taken to be made from it. baseAssumed is set when nobody looked.
	base        *Base
	baseAssumed bool
	// baseChain are the stages of the base's Dockerfile, and baseCopies what they copy
	// of the context.
	baseChain  []stage
	baseCopies []string
	// unseen is the base that has to be looked at.
	unseen *plan.Image
	// undescribed are the packages whose version git has to be asked for.
	undescribed map[string]project.Tags
	// python is the interpreter of the runtime.
	python  *project.Interpreter
	closure *project.Closure
	// installable is set when all packages of the closure can be installed.
	installable bool
	// root is the selected package, rootDir its folder and rootProject its
	// pyproject.toml.
	root        *project.Package
	rootDir     string
	rootProject *project.Pyproject
	// handlerFile is the handler's module in the context.
	handlerFile string
	// place is where the handler's module is, and fromWheel is set when the
	// function gets it from an installed package.
	place     found
	fromWheel bool
	// handler is the function that Lambda calls.
	handler string
	// module is what that file says, nil when it was not read. unreadable is the
	// first mistake in the modules of usual handlers.
	module     *python.Module
	unreadable error
	// settings are the uv.toml of the steps that install or build.
	settings string
	// exclude are the patterns of what is left out of the application.
	exclude []files.Pattern
	// copies are the application's before their links are followed.
	copies []plan.Copy
	// members are the plan's before their links are followed, and membersAt the
	// lines that asked for each.
	members   []plan.Member
	membersAt []plan.Location
	// work is what the steps do, before they are put in order.
	work work
	// unfound and open become Decided.Unfound and Decided.Open.
	unfound, open []Import
	// unlisted and leftOut become Decided.Unlisted and Decided.LeftOut.
	unlisted []string
	leftOut  []LeftOut
}

// Decided is a plan with what it was decided from, for the rules.
type Decided struct {
	Plan *plan.Plan
	// Runtime is Lambda's Python that the function runs on.
	Runtime project.Runtime
	// Root is the pyproject.toml of the selected package.
	Root *project.Pyproject
	// Origins explain the packages that get installed. They are nil for a plan that
	// makes the lock, and so is Root.
	Origins *project.Origins
	// HandlerFile is the handler's module in the context; it is empty when that
	// is in a third-party package.
	HandlerFile string
	// Handler is the function that Lambda calls; it is empty for an output that
	// is no function.
	Handler string
	// Module is what HandlerFile says; it is nil when that was not read.
	Module *python.Module
	// HandlerModule is the handler's module as a path without an ending, when an
	// installed package has to have it; otherwise it is empty.
	HandlerModule string
	// Unfound are imports of modules that are nowhere. Open are imports of which
	// only the installed packages can tell.
	Unfound, Open []Import
	// Unlisted are places of the context that the Input's Listing does not say
	// enough of. The decision is not complete before they are listed.
	Unlisted []string
	// LeftOut are the symbolic links that lead to nothing.
	LeftOut []LeftOut

	planning *planning
}

// Decide plans one output for one platform. Its errors are joined source errors;
// one of type *Unknown says that the input has to hold more.
func Decide(in Input) (*Decided, error) {
	p, err := decide(in)
	if unknown := p.unknown(); unknown != nil {
		// Any other error may be one of a Python that is not the base's.
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	p.describePython()
	decided := &Decided{Plan: p.plan, Runtime: p.runtime, Root: p.rootProject, HandlerFile: p.handlerFile, Handler: p.handler, Module: p.module, Unfound: p.unfound, Open: p.open, Unlisted: p.unlisted, LeftOut: p.leftOut, planning: p}
	if p.closure != nil {
		decided.Origins = p.origins()
	}
	if p.fromWheel {
		decided.HandlerModule, _ = moduleOf(p.handler)
	}
	return decided, nil
}

// See completes a decision with what a listing says, as Decide with it in the
// Input would, without deciding the rest again. The plan is the same one when
// the listing changes nothing.
func (d *Decided) See(listing files.Listing) (*Decided, error) {
	p, seen := *d.planning, *d
	p.Listing, p.unlisted, p.leftOut = listing, nil, nil
	made := *p.plan
	p.plan = &made
	if err := p.copyTrees(); err != nil {
		return nil, err
	}
	p.followMembers()
	if p.addSteps(); reflect.DeepEqual(made.Steps, d.Plan.Steps) {
		p.plan = d.Plan
	}
	seen.Plan, seen.Unlisted, seen.LeftOut, seen.planning = p.plan, p.unlisted, p.leftOut, &p
	return &seen, nil
}

// Unverified tells whether only the installed packages can say if the function
// has all that it imports.
func (d *Decided) Unverified() bool { return d.HandlerModule != "" || len(d.Open) > 0 }

// HandlerMissing is the mistake of a handler that no installed package has.
func (d *Decided) HandlerMissing() error { return d.planning.handlerMissing() }

// decide makes the plan.
func decide(in Input) (*planning, error) {
	p := &planning{Input: in, plan: &plan.Plan{
		Version:  plan.Version,
		Project:  in.ProjectName(),
		Function: in.Spec.Name,
		Output:   in.Output,
		Platform: platforms.Format(in.Platform),
	}}
	if err := errors.Join(p.checkPlatform(), in.checkBuildArgs()); err != nil {
		return p, err
	}
	if in.Workspace.Top == nil {
		return p, source.Errorf(in.Spec.Locate(), "there is no pyproject.toml in %s: use -f with the project's own, or put one there", folderName(in.Workspace.Root))
	}
	if err := errors.Join(in.Workspace.passwords(), in.Workspace.Top.CheckUV()); err != nil {
		return p, err
	}
	if in.Output == plan.OutputLock {
		return p, p.lock()
	}
	return p, p.function()
}

// ProjectName is what progress lines call the project.
func (in Input) ProjectName() string {
	if in.Spec.Package != "" {
		return project.NormalizeName(in.Spec.Package)
	}
	if own := in.Workspace.Own; own != nil && own.Name != "" {
		return own.Name
	}
	if in.Workspace.Dir != "." {
		return path.Base(in.Workspace.Dir)
	}
	return "uvlambda"
}

// checkPlatform refuses what Lambda does not run.
func (p *planning) checkPlatform() error {
	if p.Platform.OS == "linux" && plan.ArchitectureOfOCI(p.Platform.Architecture).OCI != "" {
		return nil
	}
	return source.Errorf(p.Spec.Locate("architecture"),
		"platform %s is not one of Lambda's: use --platform linux/amd64 or linux/arm64", platforms.Format(p.Platform))
}

// function plans what a function is made of, and what becomes of it.
func (p *planning) function() error {
	if err := p.selectPackage(); err != nil {
		return err
	}
	if err := p.planBase(); err != nil {
		return err
	}
	if err := p.lookAtBase(); err != nil {
		return err
	}
	if err := p.checkSelections(); err != nil {
		return err
	}
	// The closure depends on the Python, and the Python must suit the closure:
	// choose from what the root says, then check with what came along.
	if err := p.choosePython(p.requirements(nil)); err != nil {
		return err
	}
	if err := p.checkRequirements(p.requirements(p.memberDirs())); err != nil {
		return err
	}
	steps := []func() error{
		p.chooseUV, p.chooseBuilder, p.checkLockedMarkers, p.readSettings, p.planDependencies, p.planMembers, p.planApp, p.planTest,
	}
	var errs []error
	for _, step := range steps {
		errs = append(errs, step())
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := p.planLockCheck(); err != nil {
		return err
	}
	p.planConfig()
	if err := p.planStart(); err != nil {
		return err
	}
	if err := p.planArchive(); err != nil {
		return err
	}
	p.addSteps()
	p.tellEmulation()
	return nil
}

// projectLocation points at what makes a folder a project.
func (p *planning) projectLocation() plan.Location {
	if own := p.Workspace.Own; own != nil {
		return own.Doc.Locate("project", "dependencies")
	}
	return p.Spec.Locate()
}
