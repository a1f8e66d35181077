package plan

import "slices"

// LockCheck runs `uv lock --check` beside the other steps.
type LockCheck struct {
	// Root is the folder that holds uv.lock.
	Root string `json:"root"`
	// Files are the project files the check reads, relative to the context.
	Files []string `json:"files"`
	// Reduced are the files among Files that are read in a shorter form.
	Reduced []File `json:"reduced,omitempty"`
	// Hidden are the Files that an ignore file keeps from the build, whole.
	// Nothing else reads them.
	Hidden []File `json:"hidden,omitempty"`
	// The wheels and sdists of the repository that the lock
	// names, relative to the context: the check reads their metadata.
	LocalFiles []string `json:"archives,omitempty"`
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
	// Written are files that these builds read in this form.
	Written []File `json:"written,omitempty"`
	// Variables are environment variables that the client gives by --build-arg:
	// places of packages, and versions of packages of the repository.
	Variables map[string]string `json:"variables,omitempty"`
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

// Given are the files that the check reads from the plan itself.
func (l *LockCheck) Given() []File {
	given := slices.Concat(l.Reduced, l.Written)
	for _, hidden := range l.Hidden {
		if !slices.ContainsFunc(l.Reduced, func(f File) bool { return f.Path == hidden.Path }) {
			given = append(given, hidden)
		}
	}
	return given
}

// KindLockCheck is the kind of a step whose work is a LockCheck.
const KindLockCheck StepKind = "lock-check"

// Kind is KindLockCheck.
func (*LockCheck) Kind() StepKind { return KindLockCheck }

// AddLockCheck adds the step, with the lines that asked for it. The secrets are
// for Builds, and for a check that has to ask the indexes what is wrong.
func (p *Plan) AddLockCheck(work *LockCheck, secrets []Secret, at Location) {
	p.add(Step{
		Title: "check that uv.lock is up to date", Owner: p.Project, Reads: work.reads(),
		Images: []string{p.Base.Ref, p.UV.Ref}, On: Build, Network: len(work.Builds) > 0, Cache: true, Secrets: secrets,
		Settings: append(python(), "uv"),
		Source:   at, Work: work,
	})
}

// reads are what the check reads of the context.
func (l *LockCheck) reads() []Read {
	reads := projectFiles(l.Files, l.Reduced)
	for _, file := range l.LocalFiles {
		reads = append(reads, Read{Path: file, Sent: true})
	}
	if !l.Whole {
		for _, folder := range l.Builds {
			reads = append(reads, Read{Path: folder.Path, Exclude: folder.Exclude, Sent: true, Package: folder.Package})
		}
	}
	for _, folder := range l.Beside {
		reads = append(reads, Read{Path: folder.Path, Exclude: folder.Exclude, Sent: true})
	}
	return reads
}

// asIs gives the check of all files as they are.
func (l *LockCheck) asIs() Work {
	whole := *l
	whole.Reduced = altered(l.Reduced)
	return &whole
}
