package project

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// VersionVariables are the environment variables that tell build backends, and
// their plugins, a version which they would ask git for.
func VersionVariables() []string {
	return []string{
		// setuptools-scm, and with it hatch-vcs and flit-scm:
		// https://setuptools-scm.readthedocs.io/en/latest/overrides/
		"SETUPTOOLS_SCM_PRETEND_VERSION",
		// The same for what is made of its library vcs-versioning.
		"VCS_VERSIONING_PRETEND_VERSION",
		// https://backend.pdm-project.org/metadata/#dynamic-version-from-scm
		"PDM_BUILD_SCM_VERSION",
		// https://docs.openstack.org/pbr/latest/user/packagers.html
		"PBR_VERSION",
		"POETRY_DYNAMIC_VERSIONING_BYPASS",
		"UV_DYNAMIC_VERSIONING_BYPASS",
	}
}

// Commit is the commit that is checked out in a git repository, as the nearest tag
// before it tells it.
type Commit struct {
	// Hash is the full hash, and Short the digits by which git tells it from others in
	// this repository.
	Hash, Short string
	// Time is when the commit was made.
	Time time.Time
	// Tag is the name of the tag, and Distance the number of commits since.
	Tag      string
	Distance int
}

// Tags says which tags of a git repository count.
type Tags struct {
	// Match are patterns, one of which a tag has to match; without any every tag
	// does. Exclude are patterns that none may match.
	Match, Exclude []string
	// Annotated leaves out tags that have no message of their own.
	Annotated bool
}

// GitVersion says how a package takes its version from git.
type GitVersion struct {
	Tags
	// Archival is the file from which the package's build backend reads what git
	// says, where there is no git.
	Archival Archival
	// Digits is how many digits of the commit's hash the version may show; 0 for as
	// many as Commit.Short has.
	Digits int
	// Constant is set when all commits up to the next tag have the version of the
	// tag.
	Constant bool
}

// Archival is a file that git writes into an archive of a repository.
type Archival string

// The files that build backends read.
const (
	// https://setuptools-scm.readthedocs.io/en/latest/usage/#git-archives
	ArchivalText Archival = ".git_archival.txt"
	// https://dunamai.readthedocs.io/en/latest/#git-archives
	ArchivalJSON Archival = ".git_archival.json"
)

// TakesVersion tells whether the version is one that only the build backend
// knows.
func (p *Pyproject) TakesVersion() bool {
	return !p.HasProject || slices.Contains(p.Dynamic, "version")
}

// GitVersion tells how the package takes its version from git, and whether it
// does, in a way that is known here.
func (p *Pyproject) GitVersion() (GitVersion, bool) {
	if !p.TakesVersion() {
		return GitVersion{}, false
	}
	requires := p.BuildRequires()
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(requires, name) })
	}
	switch {
	case has("hatch-vcs"):
		return p.scmVersion("tool", "hatch", "version", "raw-options")
	case has("setuptools-scm", "vcs-versioning", "flit-scm"):
		return p.scmVersion("tool", "setuptools_scm")
	case has("uv-dynamic-versioning"):
		return p.dunamaiVersion("tool", "uv-dynamic-versioning")
	case has("poetry-dynamic-versioning"):
		return p.dunamaiVersion("tool", "poetry-dynamic-versioning")
	default:
		return GitVersion{}, false
	}
}

// dunamaiVersion reads the options of what is made of dunamai in a table
// (https://github.com/ninoseki/uv-dynamic-versioning/blob/main/docs/version_source.md).
func (p *Pyproject) dunamaiVersion(table ...string) (GitVersion, bool) {
	text := func(name string) string {
		value, _ := p.Doc.Value(append(slices.Clone(table), name)...).(string)
		return value
	}
	prefix := text("pattern-prefix")
	version := GitVersion{Tags: Tags{Match: []string{prefix + "v[0-9]*"}}, Archival: ArchivalJSON}
	switch text("pattern") {
	case "", "default":
		return version, true
	case "default-unprefixed":
		version.Match = append(version.Match, prefix+"[0-9]*")
		return version, true
	default:
		return GitVersion{}, false
	}
}

// scmVersion reads the options of setuptools-scm in a table
// (https://setuptools-scm.readthedocs.io/en/latest/config/).
func (p *Pyproject) scmVersion(table ...string) (GitVersion, bool) {
	at := func(names ...string) []string { return append(slices.Clone(table), names...) }
	version := GitVersion{Tags: Tags{Match: []string{"*[0-9]*"}}, Archival: ArchivalText, Digits: 9}
	if prefix, ok := p.Doc.Value(at("tag", "prefix")...).(string); ok {
		version.Match = []string{prefix + "*[0-9]*"}
	}
	if strict, ok := p.Doc.Value(at("tag", "strict")...).(bool); ok && strict {
		version.Match = []string{strings.TrimSuffix(version.Match[0], "*[0-9]*") + "*[0-9]*.*[0-9]*"}
	}
	for _, command := range [][]string{at("git_describe_command"), at("scm", "git", "describe_command")} {
		if !p.Doc.Has(command...) {
			continue
		}
		tags, digits, ok := describeTags(p.Doc.Value(command...))
		if !ok {
			return GitVersion{}, false
		}
		version.Tags, version.Digits = tags, digits
	}
	scheme, _ := p.Doc.Value(at("version_scheme")...).(string)
	local, _ := p.Doc.Value(at("local_scheme")...).(string)
	version.Constant = scheme == "only-version" && local == "no-local-version"
	return version, true
}

// describeTags reads the arguments of a `git describe`, which stand in a string or
// in a list: the tags that count, and the digits of the hash. It reports whether all
// arguments are known here.
func describeTags(command any) (Tags, int, bool) {
	var words []string
	switch command := command.(type) {
	case string:
		words = strings.Fields(strings.NewReplacer("'", "", `"`, "").Replace(command))
	case []any:
		for _, word := range command {
			text, _ := word.(string)
			words = append(words, text)
		}
	}
	if len(words) < 2 || words[0] != "git" || words[1] != "describe" {
		return Tags{}, 0, false
	}
	tags, digits := Tags{Annotated: true}, 0
	for i := 2; i < len(words); i++ {
		name, value, joined := strings.Cut(words[i], "=")
		switch name {
		case "--tags":
			tags.Annotated = false
		case "--match", "--exclude":
			if i++; !joined && i == len(words) {
				return Tags{}, 0, false
			}
			if joined {
				i--
			} else {
				value = words[i]
			}
			if name == "--match" {
				tags.Match = append(tags.Match, value)
			} else {
				tags.Exclude = append(tags.Exclude, value)
			}
		case "--abbrev":
			// setuptools-scm shows nine digits at most.
			given, err := strconv.Atoi(value)
			if err != nil || given < 4 {
				return Tags{}, 0, false
			}
			digits = min(given, 9)
		case "--dirty", "--long", "--always":
		default:
			return Tags{}, 0, false
		}
	}
	return tags, digits, true
}
