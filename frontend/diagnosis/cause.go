package diagnosis

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// cause is what one kind of message means.
type cause struct {
	// pattern is matched with white space collapsed.
	pattern *regexp.Regexp
	// reason says what is wrong and what mends it; $1 and so on stand for the
	// groups of the pattern.
	reason string
	// explain gives the reason where it depends on more than the words, and
	// further lines to show.
	explain func(*reading) (string, []plan.Location)
}

// causes are all that is known, the more specific first: a build that fails
// for want of a network is no fault of its backend.
var causes = []cause{
	{pattern: regexp.MustCompile("(?:Hash|Size|Content-Length) mismatch for `([^`]+)`"),
		reason: "the file of $1 is not the one that uv.lock names: find out who replaced it, and lock again only if that is right"},
	{pattern: regexp.MustCompile(`40[13] (?:Unauthorized|Forbidden)`), explain: (*reading).credentials},
	{pattern: regexp.MustCompile(`invalid peer certificate|UnknownIssuer|certificate verify failed`), explain: (*reading).certificate},
	{pattern: full, reason: diskFull},
	{pattern: regexp.MustCompile(`Connection refused|dns error|failed to lookup address|[Cc]onnection reset|connection closed before|timed out|error sending request|tcp connect error`),
		explain: (*reading).network},
	{pattern: regexp.MustCompile(`Failed to extract archive|Invalid zip file structure`), explain: (*reading).damaged},
	{pattern: regexp.MustCompile(`404 Not Found`), explain: (*reading).absent},
	{pattern: regexp.MustCompile(`HTTP status server error`), explain: (*reading).broken},
	{pattern: regexp.MustCompile("[Bb]uilt wheel .* is not compatible with the target Python"),
		reason: "a package built from source has native code, which cannot be built for another architecture: build on a builder of that architecture, or depend on a version with wheels"},
	{pattern: regexp.MustCompile("Package `[^`]+` can't be installed because it is marked as `--no-build`|doesn't have a source distribution or wheel for the current platform"),
		explain: (*reading).wheel},
	{pattern: regexp.MustCompile("[Ff]ailed to build `([^`]+)`.*(?:No such file or directory: '[^']*(?:cc|[gc]\\+\\+|clang|cmake|ninja|cargo|rustc)'|command '[^']*(?:cc|[gc]\\+\\+|clang)' failed|can't find Rust compiler|[Nn]o (?:such )?(?:C )?compiler)"),
		reason: "$1 has no wheel for this target and native code, which takes a compiler that the Lambda base does not have: depend on a version or a package with wheels, or build the wheel elsewhere and depend on that file"},
	{pattern: regexp.MustCompile("Failed to resolve requirements from `build-system.requires`"),
		reason: "what its build needs cannot be installed: correct `requires` in its [build-system], or what uv names"},
	{pattern: regexp.MustCompile(`does not appear to be a Python project|[Bb]uild backend failed|Failed to build`), explain: (*reading).backend},
	{pattern: regexp.MustCompile(`No solution found`),
		reason: "the dependencies contradict each other or do not exist: change those that uv names"},
	{pattern: regexp.MustCompile(`was not found in the package registry|there (?:is|are) no versions? of`),
		reason: "a dependency does not exist on the index: correct its name or version"},
}

// full is the message of a full disk, by uv or by BuildKit.
var full = regexp.MustCompile(`[Nn]o space left on device`)

const diskFull = "the builder's disk is full: free some with `docker buildx prune`, or give the builder more"

// ExplainBuilder explains the failure of a step that runs nothing, with
// BuildKit's own words below; see Failure.Cause for why they are quoted. It
// gives nil for what it has no explanation for.
func ExplainBuilder(err error) error {
	if !full.MatchString(err.Error()) {
		return nil
	}
	return errors.New(diskFull + quote(err.Error()))
}

// reason gives the first cause that the messages show, and further lines to
// show for it.
func (r *reading) reason() (string, []plan.Location) {
	for _, c := range causes {
		m := c.pattern.FindStringSubmatchIndex(r.text)
		switch {
		case m == nil:
		case c.explain != nil:
			return c.explain(r)
		default:
			return string(c.pattern.ExpandString(nil, c.reason, r.text, m)), nil
		}
	}
	return "", nil
}

// credentials says which secrets an index wants.
func (r *reading) credentials() (string, []plan.Location) {
	index, ok := r.index()
	if !ok {
		return r.host() + " wants credentials: give its index a name in [[tool.uv.index]], and pass --secret id=UV_INDEX_<NAME>_USERNAME and " +
			"--secret id=UV_INDEX_<NAME>_PASSWORD (the name in capitals), or pass --secret id=netrc", nil
	}
	env := "UV_INDEX_" + project.EnvName(index.Name)
	return fmt.Sprintf("index %q (line %d of %s) wants credentials: pass them as --secret id=%s_USERNAME and --secret id=%s_PASSWORD, or --secret id=netrc",
		index.Name, index.Source.Line, index.Source.File, env, env), []plan.Location{index.Source}
}

// certificate says how to trust an authority.
func (r *reading) certificate() (string, []plan.Location) {
	return "the TLS certificate of " + r.host() + " is not trusted: if your own authority signed it, or that of a proxy which intercepts TLS, " +
		"pass the authorities to trust (PEM) as --secret id=ca,src=FILE", nil
}

func (r *reading) network() (string, []plan.Location) {
	return r.host() + " could not be reached: check the network of the builder, or set a proxy by --build-arg HTTPS_PROXY=…", nil
}

func (r *reading) absent() (string, []plan.Location) {
	if r.origin == nil {
		return address.FindString(r.text) + " does not exist: correct the URL of the index or of the dependency", nil
	}
	return r.host() + " no longer has the file that uv.lock names: have it restored, or lock another version", nil
}

func (r *reading) damaged() (string, []plan.Location) {
	return "what " + r.host() + " gave is cut short or no package, as when a proxy answers in its place: try again, or ask those who run it", nil
}

func (r *reading) broken() (string, []plan.Location) {
	return r.host() + " failed by itself: try again later, or ask those who run it", nil
}

// wheel says which platforms a package has wheels for.
func (r *reading) wheel() (string, []plan.Location) {
	if r.origin != nil {
		if platforms := r.origin.Package.Platforms(); len(platforms) > 0 {
			return fmt.Sprintf("it has no wheel for %s with Python %s, only for %s: lock a version that has one, or choose another `python` or platform",
				r.plan.Python.WheelPlatform, r.plan.Python.Version, strings.Join(platforms, ", ")), nil
		}
	}
	return r.failed() + " has no wheel, and building it is not allowed: remove it from no-build, or depend on a version with wheels", nil
}

// backend tells a person's own package from one that they can only replace.
func (r *reading) backend() (string, []plan.Location) {
	if r.Stage == "install" {
		return r.failed() + " has no wheel, and its build backend failed: depend on a version with a wheel, or build the wheel elsewhere and depend on that file", nil
	}
	return "a package could not be built from its sources: correct what its build backend reports", nil
}
