package diagnosis

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/suggest"
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
	// certain is set where uv's words say no more than the reason.
	certain bool
}

// compiler is how build backends miss a compiler or a tool beside it.
var compiler = regexp.MustCompile("No such file or directory: '(?:[^']*/)?([^'/]*(?:cc|[gc]\\+\\+|clang|cmake|ninja|cargo|rustc))'" +
	"|(?:command|linker) ['`]([^'`]+)['`] (?:failed: No such file|not found)" +
	"|(?:error: )?command '([^']*(?:cc|[gc]\\+\\+|clang))' failed" +
	"|Unknown compiler\\(s\\): \\[+'(\\w+)'" +
	"|No (CMAKE_C_COMPILER|CMAKE_CXX_COMPILER) could be found" +
	"|can't find (Rust) compiler|[Nn]o (?:such |acceptable )?((?:C )?compiler)|(?:Could not find|couldn't find|Unable to find) (?:a )?(C compiler|cmake|CMake|cargo|Rust compiler)")

// causes are all that is known, the more specific first: a build that fails
// for want of a network is no fault of its backend.
var causes = []cause{
	{pattern: regexp.MustCompile("(?:Hash|Size|Content-Length) mismatch for `([^`]+)`"),
		reason: "the file of $1 is not the one that uv.lock names: find out who replaced it, and lock again only if that is right"},
	{pattern: regexp.MustCompile(`Git operation failed|Git executable not found`), explain: (*reading).gitOfUV},
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
	{pattern: regexp.MustCompile(`A path (?:\([^)]*\) )?dependency is incompatible with the current platform`),
		reason: "it has native code, which was built for the builder's architecture: build on a builder of the target's architecture, or build its wheel elsewhere and depend on that file"},
	{pattern: regexp.MustCompile(`there is no version of (\S+) and you require`), explain: (*reading).otherVersion},
	{pattern: linked, explain: (*reading).folder, certain: true},
	{pattern: regexp.MustCompile("Package `[^`]+` can't be installed because it is marked as `--no-build`|doesn't have a source distribution or wheel for the current platform"),
		explain: (*reading).wheel},
	{pattern: compiler, explain: (*reading).compiler, certain: true},
	{pattern: unversioned, explain: (*reading).version, certain: true},
	{pattern: regexp.MustCompile("Failed to resolve requirements from `build-system.requires`"),
		reason: "what its build needs cannot be installed: correct `requires` in its [build-system], or what uv names"},
	{pattern: regexp.MustCompile(`does not appear to be a Python project|[Bb]uild backend failed|Failed to build`), explain: (*reading).backend},
	{pattern: regexp.MustCompile(`No solution found`),
		reason: "the dependencies contradict each other or do not exist: change those that uv names"},
	{pattern: regexp.MustCompile(`was not found in the package registry|there (?:is|are) no versions? of`),
		reason: noSuchVersion},
}

const noSuchVersion = "a dependency does not exist on the index: correct its name or version"

// unversioned is how setuptools-scm, pdm-backend, and what is made of dunamai miss
// git.
var unversioned = regexp.MustCompile(`was unable to detect version for|Cannot find the version from SCM|Unable to detect version control system`)

// LacksVersion tells whether the messages of a build are about a version that only
// git knows, which no further files mend.
func LacksVersion(messages string) bool { return unversioned.MatchString(messages) }

// version tells of a package whose version only git knows: a build has no git. The
// build argument can name the package when the step is a member's.
func (r *reading) version() (string, []plan.Location) {
	argument, why, or := "SETUPTOOLS_SCM_PRETEND_VERSION", "which a build does not have", ": "
	if member, ok := r.Step.Work.(*plan.Member); ok {
		argument += "_FOR_" + project.EnvName(project.NormalizeName(member.Name))
		if member.Unversioned != "" {
			why = "and " + member.Unversioned
			if strings.Contains(why, ": ") {
				or = ", or "
			}
		}
	}
	return "its version comes from git, " + why + or + "pass it by --build-arg " + argument + "=1.2.3, or name a fallback version in the table of its build backend", nil
}

// linked is how uv misses a folder that is an index.
var linked = regexp.MustCompile("Failed to read `--find-links` directory: (.+?):? (?:(?:cause|Caused by): )?No such file or directory")

// folder tells of an index that is a folder, which the build does not have.
func (r *reading) folder() (string, []plan.Location) {
	folder := strings.TrimPrefix(linked.FindStringSubmatch(r.text)[1], "/"+mounted)
	return "the folder " + folder + ", which [tool.uv] names as an index, is not in the build context: name one that is, relative to pyproject.toml, and check that .dockerignore does not hide it", nil
}

// full is the message of a full disk, by uv or by BuildKit.
var full = regexp.MustCompile(`[Nn]o space left on device`)

const diskFull = "the builder's disk is full: free some with `docker buildx prune`, or give the builder more"

// lost is how BuildKit misses what its own cache says it has: it was pruned while a
// build used it.
var lost = regexp.MustCompile(`snapshot \S+ does not exist|failed to prepare \S+ as \S+: .*not found|missing descriptor handlers|failed to get (?:layer|blob|content).*not found`)

const cacheLost = "the builder has lost a part of its cache, as when that is pruned during a build: build again, " +
	"and when that fails too, restart the builder with `docker buildx stop`, or with `uvlambda builder stop` for the command's own"

// ExplainBuilder explains the failure of a step that runs nothing, with BuildKit's
// own words below; see Failure.Cause for why they are quoted. It gives nil when it
// has no explanation.
func ExplainBuilder(err error) error {
	switch text := err.Error(); {
	case full.MatchString(text):
		return errors.New(diskFull + quote(text, evidence))
	case lost.MatchString(text):
		return errors.New(cacheLost + quote(text, evidence))
	default:
		return nil
	}
}

// reason gives the first cause that the messages show, and further lines to show
// for it. certain is set when quoting uv would add nothing.
func (r *reading) reason() (reason string, related []plan.Location, certain bool) {
	for _, c := range causes {
		m := c.pattern.FindStringSubmatchIndex(r.text)
		switch {
		case m == nil:
		case c.explain != nil:
			reason, related = c.explain(r)
			return reason, related, c.certain
		default:
			return string(c.pattern.ExpandString(nil, c.reason, r.text, m)), nil, c.certain
		}
	}
	return "", nil, false
}

// LacksCompiler tells whether the messages of a build are about a compiler that
// the builder does not have, which no further files mend.
func LacksCompiler(messages string) bool { return compiler.MatchString(messages) }

// compiler tells of native code that a Lambda base cannot build.
func (r *reading) compiler() (string, []plan.Location) {
	var tool string
	for _, group := range compiler.FindStringSubmatch(r.text)[1:] {
		tool = cmp.Or(tool, group)
	}
	missing := "takes a compiler that the Lambda base does not have (" + tool + " is missing)"
	name := "name an image that has one with `builder`, such as public.ecr.aws/sam/build-python" + r.plan.Python.Version
	if r.plan.Builder != nil {
		missing = "takes a compiler that the builder " + r.plan.Builder.Ref + " does not have (" + tool + " is missing)"
		name = "name an image that has it with `builder`"
	}
	// What a person can do differs: a package of an index can be replaced by another
	// version, and their own package cannot.
	switch r.Step.Kind {
	case plan.KindGit:
		return "it has native code, which " + missing + ": " + name + ", build its wheel elsewhere and depend on that file, or depend on a release that has a wheel", nil
	case plan.KindDependencies, plan.KindPackage:
	default:
		return "it has native code, which " + missing + ": " + name + ", build its wheel elsewhere and depend on that file by path, or leave the native code out", nil
	}
	return fmt.Sprintf("%s has no wheel for %s with Python %s, and building it %s: %s, depend on a version that has a wheel, choose another `python`, or build the wheel elsewhere and depend on that file",
		r.failed(), r.plan.Python.WheelPlatform, r.plan.Python.Version, missing, name), nil
}

// credentials says which secrets an index wants, or that it refused the given
// secrets.
func (r *reading) credentials() (string, []plan.Location) {
	index, ok := r.index()
	if !ok {
		if slices.Contains(r.Report.Given, netrc) {
			return r.host() + " refused the credentials of --secret id=netrc: correct them; it has to have an entry for that host", nil
		}
		return r.host() + " wants credentials: give its index a name in [[tool.uv.index]], and pass --secret id=UV_INDEX_<NAME>_USERNAME and " +
			"--secret id=UV_INDEX_<NAME>_PASSWORD (the name in capitals), or pass --secret id=netrc", nil
	}
	env := "UV_INDEX_" + project.EnvName(index.Name)
	user, password := env+"_USERNAME", env+"_PASSWORD"
	what, at := fmt.Sprintf("index %q (line %d of %s)", index.Name, index.Source.Line, index.Source.File), []plan.Location{index.Source}
	if index.Source.File == "" {
		what, at = fmt.Sprintf("index %q (of a build argument)", index.Name), nil
	}
	hasUser := slices.Contains(r.Report.Given, user) || index.HasUser()
	switch hasPassword := slices.Contains(r.Report.Given, password); {
	case hasUser && hasPassword:
		return fmt.Sprintf("%s refused the credentials of --secret %s_*: correct them, and see that they may read this index", what, env), at
	case hasPassword:
		return fmt.Sprintf("%s wants a user beside the password of --secret id=%s: pass --secret id=%s too%s", what, password, user, r.misspelt(user)), at
	case hasUser:
		return fmt.Sprintf("%s wants a password beside the user: pass --secret id=%s too, with a value that is not empty%s", what, password, r.misspelt(password)), at
	case slices.Contains(r.Report.Given, netrc):
		return fmt.Sprintf("%s refused the credentials of --secret id=netrc: correct them, or pass --secret id=%s and --secret id=%s", what, user, password), at
	}
	return fmt.Sprintf("%s wants credentials: pass them as --secret id=%s and --secret id=%s, or --secret id=netrc%s", what, user, password, r.misspelt(user, password)), at
}

// netrc is the secret with a netrc file, as the report names it.
const netrc = "netrc"

// misspelt reports offered secrets that have no effect: secrets of no index, with
// the wanted name that is near, and secrets from a variable that is not set.
func (r *reading) misspelt(wanted ...string) string {
	var known []string
	for _, index := range r.Indexes {
		env := "UV_INDEX_" + project.EnvName(index.Name)
		known = append(known, env+"_USERNAME", env+"_PASSWORD")
	}
	var text strings.Builder
	for _, offered := range r.Offered {
		switch isKnown := slices.Contains(known, offered.ID); {
		case offered.Unset != "" && isKnown:
			fmt.Fprintf(&text, "; --secret id=%s is empty, since %s is not set in the environment", offered.ID, offered.Unset)
		case !isKnown && strings.HasPrefix(offered.ID, "UV_INDEX_"):
			fmt.Fprintf(&text, "; no index has the secret %s", offered.ID)
			if near, ok := suggest.Nearest(offered.ID, wanted); ok {
				fmt.Fprintf(&text, ": did you mean %s?", near)
			}
		}
	}
	return text.String()
}

// certificate says how to trust an authority.
func (r *reading) certificate() (string, []plan.Location) {
	return "the TLS certificate of " + r.host() + " is not trusted: if your own authority signed it, or the authority of a proxy which intercepts TLS, " +
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
				r.plan.Python.WheelPlatform, r.plan.Python.Version, suggest.List(platforms)), nil
		}
	}
	return r.failed() + " has no wheel, and building it is not allowed: remove it from no-build, or depend on a version with wheels", nil
}

// otherVersion tells of a package from git whose wheel is not of the version that
// uv.lock has.
func (r *reading) otherVersion() (string, []plan.Location) {
	if r.git() == nil {
		return noSuchVersion, nil
	}
	return "its wheel is not of the version " + r.git().Version + " that uv.lock has: it comes from git's history, which a build does not have, and its build backend takes it from nowhere else: " +
		"depend on a release, or on a commit that names its version", nil
}

// backend tells a person's own package, which they can correct, from a dependency,
// which they can only replace.
func (r *reading) backend() (string, []plan.Location) {
	switch r.Step.Kind {
	case plan.KindGit:
		return "its build backend failed: lock a commit that it builds, or depend on a release with a wheel", nil
	case plan.KindDependencies, plan.KindPackage:
		return r.failed() + " has no wheel, and its build backend failed: depend on a version with a wheel, or build the wheel elsewhere and depend on that file", nil
	}
	return "a package could not be built from its sources: correct what its build backend reports", nil
}
