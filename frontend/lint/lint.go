// Package lint finds what is worth a warning before anything is built. A rule is a
// value: its name, the page that explains it, and a pure function over the input of
// a plan, the plan and the client's options. The pages in docs/rules are written
// from the same values.
package lint

import (
	"slices"
	"time"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// pages is where the pages of the rules are published.
const pages = "https://github.com/uvlambda/uvlambda/blob/main/docs/rules/"

// Rule is one thing to look for.
type Rule struct {
	// Name is written as BuildKit writes the names of its rules, "SecretInEnv".
	Name string
	// Description is one line, without a full stop.
	Description string
	// Why is the page's text, in Markdown.
	Why string
	// Bad breaks the rule, and no other; Good does not.
	Bad, Good Example
	// Mistake is set when a finding stops every build. The planner then reports it,
	// as an error that no option turns off.
	Mistake bool
	// CheckOnly is set for a rule that builds leave out: the build itself finds out,
	// or would have to wait for the answer.
	CheckOnly bool
	// BuildOnly is set for a rule that takes what is installed, which a check does
	// not know.
	BuildOnly bool
	// Planned is set for a rule of checks that `uvlambda plan` goes by too: it
	// shows a build that is not run, so nothing else would find out.
	Planned bool

	find func(in *Input) []finding
}

// URL is the address of the rule's page.
func (r Rule) URL() string { return pages + r.Name + ".md" }

// Example is a function that a rule's page shows.
type Example struct {
	// Flags are flags of the client, as in "--target zip".
	Flags string
	// Day is the day of the check, as in 2027-01-31, for rules that know dates.
	Day string
	// Files are the files that matter, in the form of a txtar archive. Of the
	// build file, the [project] table may be left out.
	Files string
	// Large is a file of 60 MB that is there too.
	Large string
	// Executable is a file that may be run as a program.
	Executable string
	// Links are symbolic links that are there too, by where they stand.
	Links map[string]string
	// Libraries are what a build has found.
	Libraries []MissingLibrary
}

// Input is all that the rules go by.
type Input struct {
	planner.Input
	*planner.Decided
	// Platforms are all target platforms of the build, in OCI form.
	Platforms []string
	// Attestations are the kinds that the client asks for.
	Attestations []string
	// Today decides which runtimes are deprecated.
	Today time.Time
	// Context is what a check has looked at; it is nil in a build.
	Context *Context
	// Planning is set for a plan that nothing is built of.
	Planning bool
	// Replaced are the files that a build has found in two parts of the function.
	Replaced []Replaced
	// Extensions are the places of extensions that a build has found in other images
	// and that cannot be run.
	Extensions []string
	// Libraries are those that a build has found to be in no package and not in the
	// base.
	Libraries []MissingLibrary
}

// Context is what a check knows of the build context.
type Context struct {
	// Sent are the files that the client sends for the plan, sorted by path;
	// there are none when that is not known.
	Sent []Sent
}

// Sent is a file of the build context.
type Sent struct {
	// Path is relative to the context.
	Path string
	// Size is in bytes.
	Size int64
}

// finding is what a rule has found.
type finding struct {
	message string
	at      plan.Location
}

// found is one finding, for rules that have no more.
func found(message string, at plan.Location) []finding { return []finding{{message, at}} }

// Rules gives all rules, sorted by name.
func Rules() []Rule {
	return []Rule{
		boto3Shipped(),
		devGroupInstalled(),
		extensionNotExecutable(),
		fileIgnored(),
		fileReplaced(),
		handlerNotCallable(),
		handlerNotFound(),
		imageIndex(),
		importNotFound(),
		largeContext(),
		linkDangling(),
		lockMissing(),
		lockStale(),
		lockVersion(),
		missingLibrary(),
		moduleShadowed(),
		noCompatibleWheel(),
		pythonVersionMismatch(),
		runtimeDeprecated(),
		runtimePreview(),
		secretInEnv(),
		settingIgnored(),
		sizeLimit(),
		sourceBuild(),
		testSkipped(),
		unpinnedImage(),
		unusedInclude(),
	}
}

// Lookup finds a rule by its name.
func Lookup(name string) (Rule, bool) {
	rules := Rules()
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}

// Run gives what the rules that count have found, sorted by rule. A plan that
// only makes the lock has nothing to look at yet.
func Run(in Input, opts Options) []plan.Warning {
	if in.Plan.Output == plan.OutputLock {
		return nil
	}
	var warnings []plan.Warning
	for _, rule := range Rules() {
		if rule.find == nil || opts.skips(rule.Name) || !rule.applies(in) {
			continue
		}
		for _, f := range rule.find(&in) {
			warnings = append(warnings, plan.Warning{Rule: rule.Name, Message: f.message, Source: f.at})
		}
	}
	return warnings
}

// applies tells whether a rule is for a check, a plan or a build as this one is.
func (r Rule) applies(in Input) bool {
	return !r.CheckOnly || in.Context != nil || r.Planned && in.Planning
}

// thirdParty are the third-party packages that get installed.
func (in *Input) thirdParty() []*project.Package { return in.Origins.Closure.Packages }

// find gives a third-party package that gets installed, nil when none of that
// name does.
func (in *Input) find(name string) *project.Package {
	for _, p := range in.thirdParty() {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// origin says why a package is there, and where somebody asked for it.
func (in *Input) origin(p *project.Package) (string, plan.Location) {
	origin, _ := in.Origins.Of(p)
	if origin.Declared.Line > 0 {
		return origin.String(), origin.Declared
	}
	return origin.String(), origin.Entry
}

// megabytes is a size for people.
func megabytes(bytes int64) int64 { return (bytes + 500_000) / 1_000_000 }
