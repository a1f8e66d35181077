// Package diagnosis explains the failure of a build step: it reads what uv
// said, names the lines of the project that asked for the step and for the
// package that failed, and says what mends it. It is pure: the messages are
// handed to it.
package diagnosis

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Failure is a step that failed.
type Failure struct {
	// Stage is the subcommand of the driver: install, member, check or lock;
	// or export, archive or test.
	Stage string
	// Member is set for the stage "member".
	Member *plan.Member
	// Messages are uv's, or the report of the test; empty when they could not
	// be read.
	Messages string
	// LockCommand refreshes uv.lock; see planner.Input.
	LockCommand string
	// Origins say what asked for the packages of the lock; nil when the step
	// has nothing to do with the lock.
	Origins *project.Origins
	// Projects are the pyproject.toml files that asked for packages, the one
	// to build first.
	Projects []*project.Pyproject
	// Indexes are those that credentials can be given for.
	Indexes []project.NamedIndex
	// Cause is BuildKit's error. It is quoted, not wrapped: clients of the
	// frontend image would show it in place of the explanation.
	Cause error
}

// Explain gives one error: what failed, what asked for it, why, what mends it,
// and uv's words.
func Explain(f Failure, p *plan.Plan) error {
	switch {
	case f.Stage == "check" && !BuildFailed(f.Messages):
		return source.Errorf(p.LockCheck.Source, "uv.lock does not match pyproject.toml: refresh it with `uv lock`, or without uv by `%s`; `lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is", f.LockCommand)
	case f.Stage == "archive":
		return explainPacking(f, p)
	case f.Stage == "test":
		return explainTest(f, p)
	}
	r := read(f, p)
	what, at := r.step()
	reason, related := r.reason()
	return source.ErrorAt(append(at, related...), "%s%s", what, r.rest(reason))
}

// unbuilt tells a check that failed before it could compare: a package of the
// repository whose dependencies only its build backend knows does not build.
var unbuilt = regexp.MustCompile(`Failed to (?:generate package metadata|build)`)

// BuildFailed tells whether the messages of a check of uv.lock are about a
// package of the repository that does not build.
func BuildFailed(messages string) bool { return unbuilt.MatchString(messages) }

// explainPacking repeats what the packing script says: its messages are made
// for people.
func explainPacking(f Failure, p *plan.Plan) error {
	if f.Messages == "" {
		return source.Errorf(p.Archive.Source, "writing %s.zip failed (%v): the build's output above says why", p.Archive.Name, f.Cause)
	}
	return source.Errorf(p.Archive.Source, "%s.zip: %s", p.Archive.Name, f.Messages)
}

// ours tells messages of the steps themselves, which are made for people, from
// uv's.
var ours = regexp.MustCompile(`^(?:the installed files have \d+ bytes, over Lambda's limit|the wheel (?:does not hold|holds no module)|.+ is a symbolic link to |the file name '.+' cannot live in a zip archive)`)

// rest is an error's text after what failed.
func (r *reading) rest(reason string) string {
	switch {
	case ours.MatchString(r.Messages):
		return ": " + r.Messages
	case reason != "":
		return ": " + reason + quote(r.Messages)
	case r.Messages != "":
		return ": correct what uv reports:" + quote(r.Messages)
	default:
		return fmt.Sprintf(" (%v): the build's output above says why", r.Cause)
	}
}

// quoted is how many of uv's lines an error repeats: the last ones name the
// cause, the log above has them all.
const quoted = 20

// quote indents uv's messages below the diagnosis.
func quote(messages string) string {
	if messages == "" {
		return ""
	}
	lines := strings.Split(messages, "\n")
	before := ""
	if len(lines) > quoted {
		before = fmt.Sprintf("\n  … (%d lines before)", len(lines)-quoted)
		lines = lines[len(lines)-quoted:]
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
