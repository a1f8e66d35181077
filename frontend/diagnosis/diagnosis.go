// Package diagnosis explains the failure of a build step: it reads what uv
// said, names the lines of the project that asked for the step, and says what
// mends it. It is pure: the messages are handed to it.
package diagnosis

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Failure is a step that failed.
type Failure struct {
	// Stage is the subcommand of the driver: install, member, check or lock;
	// or of the packing script: deflate or assemble; or export; or test.
	Stage string
	// Member is set for the stage "member".
	Member *plan.Member
	// Messages are uv's, or the report of the test; empty when they could not
	// be read.
	Messages string
	// LockCommand refreshes uv.lock; see planner.Input.
	LockCommand string
	// Cause is BuildKit's error. It is quoted, not wrapped: clients of the
	// frontend image would show it in place of the explanation.
	Cause error
}

// Explain gives one error: what failed, why, what mends it, and uv's words.
func Explain(f Failure, p *plan.Plan) error {
	what, loc := step(f, p)
	reason := explainMessages(f.Messages)
	switch {
	case f.Stage == "check" && !unbuilt.MatchString(f.Messages):
		return source.Errorf(loc, "uv.lock does not match pyproject.toml: refresh it with `uv lock`, or without uv by `%s`; `lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is", f.LockCommand)
	case f.Stage == "deflate", f.Stage == "assemble":
		return explainPacking(f, p)
	case f.Stage == "test":
		return explainTest(f, p)
	case reason != "":
		return source.Errorf(loc, "%s failed: %s%s", what, reason, quote(f.Messages))
	case f.Messages != "":
		return source.Errorf(loc, "%s failed: correct what uv reports:%s", what, quote(f.Messages))
	default:
		return source.Errorf(loc, "%s failed (%v): the build's output above says why", what, f.Cause)
	}
}

// unbuilt tells a check that failed before it could compare: a package of the
// repository whose dependencies only its build backend knows does not build.
var unbuilt = regexp.MustCompile(`Failed to (?:generate package metadata|build)`)

// explainPacking repeats what the packing script says: its messages are made
// for people.
func explainPacking(f Failure, p *plan.Plan) error {
	if f.Messages == "" {
		return source.Errorf(p.Archive.Source, "writing %s.zip failed (%v): the build's output above says why", p.Archive.Name, f.Cause)
	}
	return source.Errorf(p.Archive.Source, "%s.zip: %s", p.Archive.Name, f.Messages)
}

// step names a step and the lines that asked for it.
func step(f Failure, p *plan.Plan) (string, plan.Location) {
	switch {
	case f.Stage == "install":
		return "installing the dependencies", p.Dependencies.Source
	case f.Stage == "member" && f.Member != nil:
		return "building " + f.Member.Name, f.Member.Source
	case f.Stage == "check":
		return "checking uv.lock", p.LockCheck.Source
	case f.Stage == "lock":
		return "locking", p.Lock.Source
	case f.Stage == "export":
		return "exporting the locked packages", p.Export.Source
	}
	return "the build", plan.Location{}
}

// causes are what uv's messages mean, the more specific first. Phrases are
// matched with white space collapsed, since some versions of uv wrap lines.
var causes = []struct {
	pattern *regexp.Regexp
	reason  string
}{
	{regexp.MustCompile("(?:Hash|Size) mismatch for `([^`]+)`"),
		"the file of $1 is not the one that uv.lock names: find out who replaced it, and lock again only if that is right"},
	{regexp.MustCompile(`401 Unauthorized`),
		"an index wants credentials: pass them as --secret id=UV_INDEX_<NAME>_USERNAME and --secret id=UV_INDEX_<NAME>_PASSWORD (the index's name in capitals), or --secret id=netrc"},
	{regexp.MustCompile(`invalid peer certificate|UnknownIssuer|certificate verify failed`),
		"a package index's TLS certificate is not trusted: pass your authority's certificate as --secret id=ca,src=FILE"},
	{regexp.MustCompile(`Connection refused|dns error|failed to lookup address|Connection reset|timed out|error sending request|tcp connect error`),
		"a package index could not be reached: check the network of the builder, or set a proxy by --build-arg HTTPS_PROXY=…"},
	{regexp.MustCompile(`No space left on device`),
		"the builder's disk is full: free some with `docker buildx prune`"},
	{regexp.MustCompile("[Bb]uilt wheel .* is not compatible with the target Python"),
		"a package built from source has native code, which cannot be built for another architecture: build on a builder of that architecture, or depend on a version with wheels"},
	{regexp.MustCompile("Package `([^`]+)` can't be installed because it is marked as `--no-build`"),
		"$1 has no wheel, and building it is not allowed: remove it from no-build, or depend on a version with wheels"},
	{regexp.MustCompile("[Ff]ailed to build `([^`]+)`.*(?:No such file or directory: '[^']*(?:cc|[gc]\\+\\+|clang|cmake|ninja|cargo|rustc)'|command '[^']*(?:cc|[gc]\\+\\+|clang)' failed|can't find Rust compiler|[Nn]o (?:such )?(?:C )?compiler)"),
		"$1 has no wheel for this target and native code, which takes a compiler that the Lambda base does not have: depend on a version or a package with wheels, or build the wheel elsewhere and depend on that file"},
	{regexp.MustCompile(`does not appear to be a Python project|[Bb]uild backend failed|Failed to build`),
		"a package could not be built from its sources: correct what its build backend reports"},
	{regexp.MustCompile(`No solution found`),
		"the dependencies contradict each other or do not exist: change those that uv names"},
	{regexp.MustCompile(`was not found in the package registry|there (?:is|are) no versions? of`),
		"a dependency does not exist on the index: correct its name or version"},
}

// explainMessages gives the first cause that the messages show.
func explainMessages(messages string) string {
	flat := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╰─▶", " ", "×", " ").Replace(messages)), " ")
	for _, c := range causes {
		if m := c.pattern.FindStringSubmatchIndex(flat); m != nil {
			return string(c.pattern.ExpandString(nil, c.reason, flat, m))
		}
	}
	return ""
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
