package run

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/moby/buildkit/identity"

	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/plan"
)

// narrowFailure is the failure of a step that builds a package of the repository
// from what the plan knows that it reads. The build may need more, such as a file
// above the folder that a hook of the build backend looks for.
type narrowFailure struct {
	error
	// member is the package, empty for the check of uv.lock.
	member string
	// at are the lines of the package's build, and said is what failed.
	at   plan.Location
	said string
}

func (f *narrowFailure) Unwrap() error { return f.error }

// wanting are messages of a build that did not find something.
var wanting = regexp.MustCompile(`(?i)no such file|not found|(?:not|n't) (?:exist|find|look up)|not a (?:file|directory)|no module|missing|unable to (?:determine|find|locate|open|read)|cannot (?:find|open|read)|expected a python module|failed to (?:open|read|query)|workspace`)

// wants tells whether a step lacked something that more files may hold.
func wants(r diagnosis.Report) bool {
	return r.LacksModules() || wanting.MatchString(r.Messages)
}

// narrow marks the failure of a step that may do better with more files.
func narrow(err error, f diagnosis.Failure) error {
	failed := &narrowFailure{error: err, at: f.Step.Source, said: f.Report.Said()}
	if !wants(f.Report) || diagnosis.LacksCompiler(f.Report.Messages) || diagnosis.LacksVersion(f.Report.Messages) {
		return err
	}
	// A build backend runs in these two steps only, and it may read any file.
	switch work := f.Step.Work.(type) {
	case *plan.Member:
		if !work.Whole && !work.IsFile {
			failed.member = work.Name
			return failed
		}
	case *plan.LockCheck:
		if len(work.Builds) > 0 && !work.Whole && diagnosis.BuildFailed(f.Report.Messages) {
			return failed
		}
	}
	return err
}

// widened are the builds that were tried again with the whole context, by the
// name of the package, and how each failed before.
type widened struct {
	mu    sync.Mutex
	first map[string]*narrowFailure
}

// names are the packages that are built from the whole context, and check says
// whether the check of uv.lock is.
func (w *widened) names() (names []string, check bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name := range w.first {
		if name == "" {
			check = true
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, check
}

// add notes a failure, and tells whether another try may do better.
func (w *widened) add(err error) bool {
	failed, ok := errors.AsType[*narrowFailure](err)
	if !ok {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first == nil {
		w.first = map[string]*narrowFailure{}
	}
	if w.first[failed.member] == nil {
		w.first[failed.member] = failed
	}
	return true
}

// narrowFailures are the failures of solves that run side by side. Such a failure does not
// end the other solves: the next try of the build then knows of all of them.
type narrowFailures struct {
	mu  sync.Mutex
	all []error
}

// keep keeps the narrow failure of a function, and gives other errors.
func (n *narrowFailures) keep(run func() error) func() error {
	return func() error {
		err := run()
		if _, ok := errors.AsType[*narrowFailure](err); !ok {
			return err
		}
		n.mu.Lock()
		defer n.mu.Unlock()
		n.all = append(n.all, err)
		return nil
	}
}

// first notes all failures that were kept, and gives one of them; nil when there
// are none.
func (n *narrowFailures) first(w *widened) error {
	if len(n.all) == 0 {
		return nil
	}
	for _, err := range n.all {
		w.add(err)
	}
	return n.all[0]
}

// before adds how the first try failed to the error of the second, when that
// says something else.
func (w *widened) before(err error) error {
	if err == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, failed := range w.first {
		if step := failed.step(); strings.Contains(err.Error(), step) && err.Error() != failed.Error() && !strings.Contains(err.Error(), lastLine(failed.said)) {
			err = fmt.Errorf("%w\nthat was with the whole context; from its own files %s did not build either: %s", err, what(name), lastLine(failed.said))
		}
	}
	return err
}

// step is how an error calls the step that failed.
func (f *narrowFailure) step() string {
	if f.member == "" {
		return "checking uv.lock failed"
	}
	return "building " + f.member + " failed"
}

// around are what uv says around the words of a build backend.
var around = regexp.MustCompile("^(?:$|hint:|error: Failed to build|(?:cause|Caused by): (?:The build backend returned|Call to `)|[×├╰])")

// lastLine is where build backends say what is wrong.
func lastLine(messages string) string {
	last := ""
	for line := range strings.Lines(messages) {
		if line = strings.TrimSpace(line); !around.MatchString(line) {
			last = line
		}
	}
	return last
}

// what names a package for people.
func what(member string) string {
	if member == "" {
		return "a package whose dependencies only its build backend knows"
	}
	return member
}

// mostTries is how often a build is run when BuildKit loses its failure.
const mostTries = 3

// widening runs a build. When a package of the repository does not build from the
// files that the plan names, it is built again from the whole context: where people
// develop it, the package finds all these files. When BuildKit has lost a failure,
// all steps are run again.
func (b *Builder) widening(ctx context.Context, run func() error) error {
	for tries := 1; ; {
		err := run()
		switch {
		case err == nil:
			b.warnWidened(ctx)
			return nil
		case b.widened.add(err):
		case gateway.IsLost(err) && tries < mostTries:
			tries++
			b.runAgain()
		case gateway.IsLost(err):
			return fmt.Errorf("a step failed, and BuildKit has lost why: see the step's log, and build again with --progress plain if there is none (%w)", err)
		default:
			return b.widened.before(err)
		}
	}
}

// runAgain has the steps of later graphs run again, whatever became of them.
func (b *Builder) runAgain() {
	again := identity.NewID()
	b.again.Store(&again)
}

// warnWidened says which packages were built from the whole context.
func (b *Builder) warnWidened(ctx context.Context) {
	b.widened.mu.Lock()
	var found []plan.Warning
	for name, failed := range b.widened.first {
		found = append(found, plan.Warning{
			Source: failed.at,
			Message: fmt.Sprintf("%s does not build from its own files (%s), and was built from the whole context: "+
				"any change in the context builds it again; name the files that it reads in the table of its build backend, or move them into its folder", what(name), lastLine(failed.said)),
		})
	}
	b.widened.mu.Unlock()
	slices.SortFunc(found, func(x, y plan.Warning) int { return strings.Compare(x.Message, y.Message) })
	b.warn(ctx, found)
}
