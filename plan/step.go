package plan

import (
	"encoding/json"
	"fmt"
	"iter"
	"path"
	"reflect"
	"slices"
	"strings"
)

// StepKind says what a step does. One name serves all who speak of it: the plan,
// the graph, the script that runs inside, --no-cache-filter and errors. The kinds
// stand in the files of their work.
type StepKind string

// Works gives an empty Work of each kind, in their order.
func Works() []Work {
	return []Work{
		&Lock{}, &Base{}, &Export{}, &Package{}, &Git{}, &Dependencies{}, &Member{}, &Files{}, &App{}, &LockCheck{},
		&Test{}, &Compress{}, &Archive{}, &Stack{}, &Tree{},
	}
}

// StepKinds are the kinds that can be asked to run again. To put an image or a
// folder together out of layers runs nothing.
func StepKinds() []StepKind {
	var kinds []StepKind
	for _, work := range Works() {
		if kind := work.Kind(); kind != KindImage && kind != KindDir {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Work is what a step does, in full: a type for each kind.
type Work interface {
	Kind() StepKind
}

// Machine says which platform a step runs on.
type Machine string

const (
	// Build is the platform of the builder, so that nothing is emulated.
	Build Machine = "build"
	// Target is the platform of the function.
	Target Machine = "target"
)

// Step is one step of a build. It is described in full, so that whoever walks the
// steps of a plan need not know which kinds there are.
type Step struct {
	// Kind says what the step does, and so what is in Work.
	Kind StepKind `json:"kind"`
	// Name tells the step from the others of the plan. It is the kind, for a
	// package of the repository "members/NAME", for one that is installed by itself
	// "package/NAME", for one from git "git/NAME", and for files of another image
	// "files/IMAGE".
	Name string `json:"name"`
	// Title says what happens, for people: "export uv.lock".
	Title string `json:"title"`
	// Owner is the project or function that progress lines name.
	Owner string `json:"owner"`
	// For tells the step from one of another plan with the same title. It is empty
	// when all plans of a project have it in common.
	For string `json:"for,omitempty"`
	// Reads is what the step reads of the context.
	Reads []Read `json:"reads,omitempty"`
	// Takes are the names of earlier steps whose output it takes.
	Takes []string `json:"takes,omitempty"`
	// Taken says what that output is, for people, where it has a name.
	Taken string `json:"taken,omitempty"`
	// Guards are the names of earlier steps that have to succeed. The step takes
	// nothing of their output.
	Guards []string `json:"guards,omitempty"`
	// Makes is the part of the function that comes out; it is empty for a step
	// that makes none.
	Makes Part `json:"makes,omitempty"`
	// Images are the references of the images that it has.
	Images []string `json:"images,omitempty"`
	// On says whether it runs on the "build" or the "target" platform. It is empty
	// when it runs no program.
	On Machine `json:"on,omitempty"`
	// Network is set when it reaches package indexes, or what the function asks
	// for.
	Network bool `json:"network,omitempty"`
	// Cache is set when it has uv's cache.
	Cache bool `json:"cache,omitempty"`
	// Repositories are the URLs of the git repositories that are fetched for it. A
	// private one takes secrets of BuildKit's own, or an SSH agent.
	Repositories []string `json:"repositories,omitempty"`
	// Secrets are environment variables filled from build secrets.
	Secrets []Secret `json:"secrets,omitempty"`
	// Settings are what else it depends on, by the names of a plan's facts and of
	// the table's keys.
	Settings []string `json:"settings,omitempty"`
	// Runs says when it runs, if no change decides on that: "always".
	Runs   string   `json:"runs,omitempty"`
	Source Location `json:"source,omitzero"`
	// Work is all that the step does, by its kind.
	Work Work `json:"work"`
}

// Read is a file or folder of the context that a step reads.
type Read struct {
	// Path is relative to the context, "." for the context itself.
	Path string `json:"path"`
	// Exclude are patterns, relative to Path, of what is left out.
	Exclude []string `json:"exclude,omitempty"`
	// InPart is set when only a part of the file counts: what uv reads of it.
	InPart bool `json:"inPart,omitempty"`
	// Sent is set for a path that is sent to the builder for this step. The other files are
	// project files and events: every build sends them, whether .dockerignore hides
	// them or not.
	Sent bool `json:"sent,omitempty"`
	// Package is set for the folder of a package. Its build backend may read any file
	// there.
	Package string `json:"package,omitempty"`
	// Source is set when other lines than the step's asked for it.
	Source Location `json:"source,omitzero"`
}

// Name is the path for people.
func (r Read) Name() string {
	switch {
	case r.Path == ".":
		return "the whole context"
	case r.InPart:
		return r.Path + " (in part)"
	}
	return r.Path
}

// Each walks the steps that do a type of work: Each[Member](p).
func Each[T any](p *Plan) iter.Seq2[*Step, *T] {
	return func(yield func(*Step, *T) bool) {
		for i := range p.Steps {
			if work, ok := any(p.Steps[i].Work).(*T); ok && !yield(&p.Steps[i], work) {
				return
			}
		}
	}
}

// First gives the first work of a type, nil when the plan has none: First[App](p)
// is the application.
func First[T any](p *Plan) *T {
	for _, work := range Each[T](p) {
		return work
	}
	return nil
}

// All gives all work of a type, in the order of the steps.
func All[T any](p *Plan) []*T {
	var all []*T
	for _, work := range Each[T](p) {
		all = append(all, work)
	}
	return all
}

// Step gives the first step of a kind, nil when the plan has none.
func (p *Plan) Step(kind StepKind) *Step {
	for i := range p.Steps {
		if p.Steps[i].Kind == kind {
			return &p.Steps[i]
		}
	}
	return nil
}

// Result is the step that makes the output, nil when the plan has no steps.
func (p *Plan) Result() *Step {
	if len(p.Steps) == 0 {
		return nil
	}
	return &p.Steps[len(p.Steps)-1]
}

// Guarding tells whether a step only guards others.
func (p *Plan) Guarding(name string) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return slices.Contains(s.Guards, name) })
}

// ContextPaths are the paths of the context that are sent for the steps, beside
// the project files; whole is set when that is all of it.
func (p *Plan) ContextPaths() (paths []string, whole bool) {
	for _, s := range p.Steps {
		for _, r := range s.Reads {
			if r.Sent {
				paths = append(paths, r.Path)
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), slices.Contains(paths, ".")
}

// Fetches are the steps that use uv's cache. Those that reach package indexes come
// first.
func (p *Plan) Fetches() []*Step {
	var fetches []*Step
	for i := range p.Steps {
		if p.Steps[i].Cache {
			fetches = append(fetches, &p.Steps[i])
		}
	}
	slices.SortStableFunc(fetches, func(a, b *Step) int {
		switch {
		case a.Network == b.Network:
			return 0
		case a.Network:
			return -1
		}
		return 1
	})
	return fetches
}

// reducing is the work of a step that reads project files in a shorter form. asIs
// gives the same work on the files as they are.
type reducing interface{ asIs() Work }

// Reduced tells whether the step reads project files in a shorter form, and not as
// Whole has it.
func (s *Step) Reduced() bool {
	_, ok := s.Work.(reducing)
	return ok
}

// Whole gives a copy of the plan in which all steps read the files as they are,
// except for altered files.
func (p *Plan) Whole() *Plan {
	whole := *p
	whole.Steps = slices.Clone(p.Steps)
	for i := range whole.Steps {
		if reduced, ok := whole.Steps[i].Work.(reducing); ok {
			whole.Steps[i].Work = reduced.asIs()
		}
	}
	return &whole
}

// Without gives a copy of the plan without the steps of some kinds, which only
// guard others.
func (p *Plan) Without(kinds ...StepKind) *Plan {
	without := *p
	without.Steps = nil
	for _, s := range p.Steps {
		if slices.Contains(kinds, s.Kind) {
			continue
		}
		var guards []string
		for _, name := range s.Guards {
			if !slices.Contains(kinds, StepKind(name)) {
				guards = append(guards, name)
			}
		}
		s.Guards = guards
		without.Steps = append(without.Steps, s)
	}
	return &without
}

// add adds a step, of which the work says the kind.
func (p *Plan) add(s Step) {
	s.Kind = s.Work.Kind()
	if s.Name == "" {
		s.Name = string(s.Kind)
	}
	p.Steps = append(p.Steps, s)
}

// parts are the names of the steps whose outputs make the function, the lowest
// part first. Of two steps for one part, the later takes the earlier.
func (p *Plan) parts() []string {
	var names []string
	for _, part := range []Part{PartBase, PartDependencies, PartMembers, PartFiles, PartApp} {
		for _, s := range p.Steps {
			again := func(later Step) bool { return later.Makes == part && slices.Contains(later.Takes, s.Name) }
			if s.Makes == part && !slices.ContainsFunc(p.Steps, again) {
				names = append(names, s.Name)
			}
		}
	}
	return names
}

// guards are the names of the steps of which nothing is taken.
func (p *Plan) guards() []string {
	var names []string
	for _, s := range p.Steps {
		taken := func(later Step) bool { return slices.Contains(later.Takes, s.Name) }
		if s.Makes == "" && !slices.ContainsFunc(p.Steps, taken) {
			names = append(names, s.Name)
		}
	}
	return names
}

// owner is what progress lines name for a step of one function.
func (p *Plan) owner() string {
	if p.Function != "" {
		return p.Function
	}
	return p.Project
}

// target names what a plan is for, among the plans of one project.
func (p *Plan) target() string {
	return strings.TrimSpace(p.Function + " " + p.Platform)
}

// python are the settings of every step that runs a program of ours.
func python() []string {
	return []string{"Python", "the base image"}
}

// installation are the settings of every step that installs something, and keeps
// some scripts.
func installation(scripts []string) []string {
	settings := append(python(), "uv", "an install setting of [tool.uv]", "compile-bytecode")
	if len(scripts) > 0 {
		settings = append(settings, "command")
	}
	return settings
}

// projectFiles are project files. A step may read only the parts that concern uv.
func projectFiles(files []string, reduced []File) []Read {
	reads := make([]Read, 0, len(files))
	for _, name := range files {
		is := func(f File) bool { return f.Path == name }
		reads = append(reads, Read{Path: name, InPart: slices.ContainsFunc(reduced, is)})
	}
	return reads
}

// isProject reports whether a file is a pyproject.toml, of which a step reads a
// part.
func isProject(name string) bool { return path.Base(name) == "pyproject.toml" }

// altered are the files with another content than in the context.
func altered(files []File) []File {
	var kept []File
	for _, f := range files {
		if f.Altered {
			kept = append(kept, f)
		}
	}
	return kept
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// UnmarshalJSON reads a step, whose kind says what its work is.
func (s *Step) UnmarshalJSON(data []byte) error {
	type fields Step
	read := struct {
		*fields
		Work json.RawMessage `json:"work"`
	}{fields: (*fields)(s)}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	for _, work := range Works() {
		if work.Kind() == s.Kind {
			s.Work = reflect.New(reflect.TypeOf(work).Elem()).Interface().(Work)
			return json.Unmarshal(read.Work, s.Work)
		}
	}
	return fmt.Errorf("a plan of this version has no step of the kind %q", s.Kind)
}
