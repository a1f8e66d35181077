// Package diagnosis explains the failure of a build step: it reads what uv
// said, names the lines of the project that asked for the step and for the
// package that failed, and says what mends it. It is pure: the messages are
// handed to it.
package diagnosis

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// Failure is a step that failed.
type Failure struct {
	// Step is the step of the plan that failed.
	Step *plan.Step
	// Report is the step's report of the failure. It is empty when it could not be
	// read.
	Report Report
	// LockCommand refreshes uv.lock; see planner.Input.
	LockCommand string
	// Origins say what asked for the packages of the lock; nil when the step
	// has nothing to do with the lock.
	Origins *project.Origins
	// Projects are the pyproject.toml files that asked for packages, the one
	// to build first.
	Projects []*project.Pyproject
	// Indexes are the indexes that credentials can be given for.
	Indexes []project.NamedIndex
	// Offered are the known secrets of the client.
	Offered []Secret
	// Cause is BuildKit's error. It is quoted, not wrapped: clients of the
	// frontend image would show it in place of the explanation.
	Cause error
}

// Secret is a build secret that a client has.
type Secret struct {
	ID string
	// Unset is the variable that the secret is taken from, when it is not set.
	Unset string
}

// Unchecked says how to build from a lock that is stale.
const Unchecked = "`lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is"

// Explain gives one error: what failed, what asked for it, why, what mends it,
// and uv's words. Steps of some kinds are explained by themselves: a stale lock is
// mended in one way only, and packing and tests do not run uv.
func Explain(f Failure, p *plan.Plan) error {
	switch {
	case f.Step.Kind == plan.KindLockCheck && outdated.MatchString(f.Report.Messages):
		other := "pyproject.toml"
		// Only the check's own work says which build arguments the lock depends on.
		if check, ok := f.Step.Work.(*plan.LockCheck); ok && len(check.Variables) > 0 {
			other += " with the build arguments " + suggest.And(slices.Sorted(maps.Keys(check.Variables)))
		}
		return source.Errorf(f.Step.Source, "uv.lock does not match %s: refresh it with `uv lock`, or without uv by `%s`; %s", other, f.LockCommand, Unchecked)
	case f.Report.Messages == "" && f.Report.Problem == "" && f.Cause != nil && lost.MatchString(f.Cause.Error()):
		return errors.New(cacheLost + quote(f.Cause.Error(), evidence))
	case f.Report.Messages == "" && f.Report.Problem == "" && f.Cause != nil && withoutUV.MatchString(f.Cause.Error()):
		return source.Errorf(p.UV.Source, "the image %s has no uv: name an image that holds the binary at /uv, or a version of uv", p.UV.Ref)
	case f.Step.Kind == plan.KindArchive || f.Step.Kind == plan.KindCompress:
		return explainPacking(f, p)
	case f.Step.Kind == plan.KindTest:
		return explainTest(f)
	}
	r := read(f, p)
	if err := r.unreadable(); err != nil {
		return err
	}
	what, at := r.step()
	reason, related, certain := r.reason()
	if certain {
		return source.ErrorAt(append(at, related...), "%s: %s", what, reason)
	}
	return source.ErrorAt(append(at, related...), "%s%s", what, r.rest(reason))
}

// withoutUV is what BuildKit says of a step whose uv is not in its image: when it
// looks for what decides whether the step runs again, when it makes the mount, and
// when it starts the container.
var withoutUV = regexp.MustCompile(`"/uv": not found|\b(?:open|l?stat) /uv: no such file or directory`)

// outdated is what uv says of a lock that it would write in another way.
var outdated = regexp.MustCompile("needs to be updated")

// unbuilt is what uv says of a package whose dependencies only its build backend
// knows, and that does not build.
var unbuilt = regexp.MustCompile(`Failed to (?:generate package metadata|build)`)

// BuildFailed tells whether the messages of a check of uv.lock are about a
// package of the repository that does not build.
func BuildFailed(messages string) bool { return unbuilt.MatchString(messages) }

// explainPacking repeats what the packing script says: its messages are made
// for people. They lack the archive's name, which its step has.
func explainPacking(f Failure, p *plan.Plan) error {
	a, at := plan.First[plan.Archive](p), p.Result().Source
	if f.Report.Problem == "" {
		return source.Errorf(at, "writing %s.zip failed (%v): the build's output above says why", a.Name, f.Cause)
	}
	return source.Errorf(at, "%s.zip: %s", a.Name, f.Report.Message)
}

// rest is an error's text after what failed.
func (r *reading) rest(reason string) string {
	switch {
	case r.Report.Problem != "":
		return ": " + r.Report.Message
	case reason != "":
		return ": " + reason + r.quoted(evidence)
	case r.Report.Messages != "" && r.Step.Reduced():
		// uv's message about these project files is one sentence.
		return ": " + sentence(r.Report.Messages)
	case r.Report.Messages != "":
		return ": correct what uv reports:" + r.quoted(unexplained)
	default:
		return fmt.Sprintf(" (%v), and what uv says of it could not be read from the builder: build again", r.Cause)
	}
}

// How many lines of uv's error stand below a diagnosis, and below an error that
// has none: the last ones name the cause.
const (
	evidence    = 12
	unexplained = 40
)

// quoted indents uv's error below a diagnosis. Only the step of a member or of a
// package from git is about one package: what its build backend said before uv's
// error is the cause, and stands there too.
func (r *reading) quoted(most int) string {
	if r.Step.Kind != plan.KindMembers && r.Step.Kind != plan.KindGit || r.Report.Messages == "" {
		return quote(r.Report.Messages, most)
	}
	lines, _ := toldLines(r.Report.Messages)
	return quoteLines(lines, most)
}

// quote indents uv's error below a diagnosis.
func quote(messages string, most int) string {
	if messages == "" {
		return ""
	}
	return quoteLines(errorLines(messages), most)
}

// quoteLines indents the last lines below a diagnosis.
func quoteLines(lines []string, most int) string {
	before := ""
	if len(lines) > most {
		before = fmt.Sprintf("\n  … (%d lines before)", len(lines)-most)
		lines = lines[len(lines)-most:]
	}
	return before + indent(lines)
}

// indent puts lines below a message.
func indent(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("\n  | " + strings.TrimRight(l, " "))
	}
	return b.String()
}
