package plan

import "slices"

// StepKind says what a step does. One name serves all who speak of it: the plan,
// the graph, the script that runs inside, --no-cache-filter and errors.
type StepKind string

// The kinds of steps, in the order in which a build has them.
const (
	KindLock         StepKind = "lock"
	KindExport       StepKind = "export"
	KindDependencies StepKind = "dependencies"
	KindMembers      StepKind = "members"
	KindApp          StepKind = "app"
	KindLockCheck    StepKind = "lock-check"
	KindTest         StepKind = "test"
	KindCompress     StepKind = "compress"
	KindArchive      StepKind = "archive"
	KindImage        StepKind = "image"
	KindDir          StepKind = "dir"
)

// StepKinds are the kinds that can be asked to run again. To put an image or a
// folder together out of layers runs nothing.
func StepKinds() []StepKind {
	return []StepKind{
		KindLock, KindExport, KindDependencies, KindMembers, KindApp, KindLockCheck,
		KindTest, KindCompress, KindArchive,
	}
}

// First gives what the first step of a type does, nil when the plan has none:
// First[App](p) is the application.
func First[T any](p *Plan) *T {
	for _, work := range p.works() {
		if found, ok := work.(*T); ok {
			return found
		}
	}
	return nil
}

// All gives what all steps of a type do, in their order.
func All[T any](p *Plan) []*T {
	var all []*T
	for _, work := range p.works() {
		if found, ok := work.(*T); ok {
			all = append(all, found)
		}
	}
	return all
}

// works are what the steps do.
func (p *Plan) works() []any {
	var works []any
	add := func(work any, there bool) {
		if there {
			works = append(works, work)
		}
	}
	add(p.Lock, p.Lock != nil)
	add(p.Export, p.Export != nil)
	add(p.Dependencies, p.Dependencies != nil)
	for i := range p.Members {
		add(&p.Members[i], true)
	}
	add(p.App, p.App != nil)
	add(p.LockCheck, p.LockCheck != nil)
	add(p.Test, p.Test != nil)
	add(p.Archive, p.Archive != nil)
	return works
}

// ContextPaths are the paths of the context that the steps take beside the
// project files; whole is set when they take all of it.
func (p *Plan) ContextPaths() (paths []string, whole bool) {
	if p.Lock != nil {
		return nil, true
	}
	for _, m := range p.Members {
		paths = append(paths, m.Path)
		for _, beside := range m.Beside {
			paths = append(paths, beside.Path)
		}
		if m.Whole {
			paths = append(paths, ".")
		}
	}
	if p.App != nil {
		for _, c := range p.App.Copies {
			paths = append(paths, c.From)
		}
	}
	if p.LockCheck != nil {
		paths = append(paths, p.LockCheck.Archives...)
		for _, b := range slices.Concat(p.LockCheck.Builds, p.LockCheck.Beside) {
			paths = append(paths, b.Path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), slices.Contains(paths, ".")
}

// Fetch is what a step has of a client beside files.
type Fetch struct {
	// Network is set when the step reaches package indexes, with the secrets and
	// the cache of uv. Without it the step has that cache only.
	Network bool
	Secrets []Secret
	Source  Location
}

// Fetches are the steps that use uv's cache, those that use the network first.
func (p *Plan) Fetches() []Fetch {
	var fetches []Fetch
	if p.Lock != nil {
		fetches = append(fetches, Fetch{true, p.Lock.Secrets, p.Lock.Source})
	}
	if d := p.Dependencies; d != nil {
		fetches = append(fetches, Fetch{true, d.Secrets, d.Source})
	}
	for _, m := range p.Members {
		fetches = append(fetches, Fetch{true, m.Secrets, m.Source})
	}
	if check := p.LockCheck; check != nil {
		fetch := Fetch{Network: len(check.Builds) > 0, Source: check.Source}
		if fetch.Network {
			fetch.Secrets = check.Secrets
		}
		fetches = append(fetches, fetch)
	}
	return fetches
}
