package diagnosis

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// reading is a failure with what its messages show.
type reading struct {
	Failure
	plan *plan.Plan
	// text are the messages on one line, without the frames that some versions
	// of uv draw: they wrap lines at any word.
	text string
	// origin says why the package that failed is there, when one is named.
	origin *project.Origin
}

func read(f Failure, p *plan.Plan) *reading {
	if f.Report.Said() == "" && f.Cause != nil && full.MatchString(f.Cause.Error()) {
		// There was no room for a report either.
		f.Report.Messages = f.Cause.Error()
	}
	frames := strings.NewReplacer("│", " ", "├─▶", " ", "╰─▶", " ", "×", " ")
	r := &reading{Failure: f, plan: p, text: strings.Join(strings.Fields(frames.Replace(f.Report.Messages)), " ")}
	if f.Origins != nil {
		r.origin = r.findOrigin()
	}
	return r
}

// requirement is how uv names a package that it installs: `name==version`, in
// brackets too, or `name @ URL`, or by its name alone.
var requirement = regexp.MustCompile("[`(]([A-Za-z0-9][A-Za-z0-9._-]*)(?:==([^`) ]+)| @ )|Package `([^`]+)`")

// address is a URL in the messages.
var address = regexp.MustCompile("https?://[^\\s`)]+")

// findOrigin finds what asked for the package that failed. The step of a member or
// of a large package is about one package. The step of all other dependencies is
// not: there it is the first package of the lock that the messages name, or of
// which they name a file. The messages may name other packages before, such as
// what a build needs.
func (r *reading) findOrigin() *project.Origin {
	switch {
	case r.member() != nil:
		if origin, ok := r.Origins.Find(r.member().Name, ""); ok {
			return &origin
		}
	case r.git() != nil:
		if origin, ok := r.Origins.Find(r.git().Name, r.git().Version); ok {
			return &origin
		}
	case r.pkg() != nil:
		if origin, ok := r.Origins.Find(r.pkg().Name, r.pkg().Version); ok {
			return &origin
		}
	case r.Step.Kind == plan.KindDependencies:
		for _, m := range requirement.FindAllStringSubmatch(r.text, -1) {
			if origin, ok := r.Origins.Find(m[1]+m[3], m[2]); ok {
				return &origin
			}
		}
		for _, text := range address.FindAllString(r.text, -1) {
			if u, err := url.Parse(text); err == nil {
				if origin, ok := r.Origins.FindFile(path.Base(u.EscapedPath())); ok {
					return &origin
				}
			}
		}
	}
	return nil
}

// step says which step failed and what asked for it, and gives the lines that
// asked. It names each kind of step that runs uv, since errors have words and lines
// of their own for each; titles of steps are for progress.
func (r *reading) step() (what string, at []plan.Location) {
	at = []plan.Location{r.Step.Source}
	switch r.Step.Kind {
	case plan.KindDependencies:
		what = "installing the dependencies"
	case plan.KindPackage:
		what = "installing " + r.pkg().Name
	case plan.KindGit:
		what = "building " + r.git().Name
	case plan.KindMembers:
		what = "building " + r.member().Name
	case plan.KindLockCheck:
		return "checking uv.lock failed", at
	case plan.KindLock:
		return "locking failed", r.requested()
	case plan.KindExport:
		return "exporting the locked packages failed", at
	default:
		return "the build failed", []plan.Location{{}}
	}
	what += " failed"
	if r.origin == nil {
		return what, at
	}
	what += " (" + r.origin.String() + ")"
	if r.Step.Kind == plan.KindMembers {
		return what, append(at, r.origin.Locations()[1:]...)
	}
	return what, r.origin.Locations()
}

// member is the package of the repository that the step builds, nil when it does
// something else.
func (r *reading) member() *plan.Member {
	member, _ := r.Step.Work.(*plan.Member)
	return member
}

// pkg is the package that the step installs by itself, nil when it does something
// else.
func (r *reading) pkg() *plan.Package {
	pkg, _ := r.Step.Work.(*plan.Package)
	return pkg
}

// git is the package from git that the step builds, nil when it does something
// else.
func (r *reading) git() *plan.Git {
	git, _ := r.Step.Work.(*plan.Git)
	return git
}

// conflicting is how uv names the dependencies that it finds no solution for.
var conflicting = regexp.MustCompile(`depends on ([A-Za-z0-9][A-Za-z0-9._-]*)`)

// requested are the lines that ask for the packages which contradict each
// other, and else the lines of all dependencies.
func (r *reading) requested() []plan.Location {
	var at []plan.Location
	for _, m := range conflicting.FindAllStringSubmatch(r.text, -1) {
		for _, p := range r.Projects {
			for _, list := range p.Lists() {
				loc, ok := p.Declares(m[1], list, project.Environment{})
				if ok && !slices.Contains(at, loc) {
					at = append(at, loc)
				}
			}
		}
	}
	if len(at) == 0 {
		return []plan.Location{r.Step.Source}
	}
	return at
}

// failed is the package that failed, for sentences that are about it.
func (r *reading) failed() string {
	if m := requirement.FindStringSubmatch(r.text); m != nil && r.origin == nil {
		return m[1] + m[3]
	}
	return "it"
}

// host is what the first URL of the messages leads to, or else the first file
// of the package that failed.
func (r *reading) host() string {
	if u, err := url.Parse(address.FindString(r.text)); err == nil && u.Host != "" {
		return u.Host
	}
	host := "a package index"
	if r.origin != nil {
		r.origin.Package.HasFile(func(f project.File) bool {
			host = cmp.Or(f.Host, host)
			return f.Host != ""
		})
	}
	return host
}

// index is the named index that the failing package, or the first URL of the
// messages, is of.
func (r *reading) index() (project.NamedIndex, bool) {
	if r.origin != nil {
		for _, index := range r.Indexes {
			if bare(index.URL) == bare(r.origin.Package.Source.Registry) {
				return index, true
			}
		}
	}
	asked := bare(address.FindString(r.text))
	for _, index := range r.Indexes {
		if index.URL != "" && strings.HasPrefix(asked+"/", bare(index.URL)+"/") {
			return index, true
		}
	}
	return project.NamedIndex{}, false
}

// bare is a URL without the user that it may name, and without a slash at its
// end.
func bare(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return text
	}
	parsed.User = nil
	return strings.TrimSuffix(parsed.String(), "/")
}
