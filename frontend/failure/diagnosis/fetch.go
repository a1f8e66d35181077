package diagnosis

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Secrets by which BuildKit fetches private repositories; a host may stand behind
// each, after a dot.
const (
	gitToken  = "GIT_AUTH_TOKEN"
	gitHeader = "GIT_AUTH_HEADER"
)

// fetchCause is what one kind of message of git means.
type fetchCause struct {
	pattern *regexp.Regexp
	reason  func(*fetching) string
}

// fetchCauses are all that is known, the more specific first.
var fetchCauses = []fetchCause{
	{regexp.MustCompile(`no SSH key "[^"]*" forwarded|unset ssh forward key`), (*fetching).noKey},
	{regexp.MustCompile(`Permission denied \(|Host key verification failed`), (*fetching).keyRefused},
	{regexp.MustCompile(`could not read (?:Username|Password)|Authentication failed|Access denied|returned error: 40[13]|terminal prompts disabled`), (*fetching).credentials},
	{regexp.MustCompile(`[Rr]epository\b.* not found|does not appear to be a git repository|returned error: 404`), (*fetching).repository},
	{regexp.MustCompile(`not our ref|unadvertised object|reference is not a tree|unable to read tree|bad object|couldn't find remote ref|did not match any file|did not send all necessary objects|Could not parse object`), (*fetching).commit},
	{regexp.MustCompile(`certificate`), (*fetching).certificate},
	{regexp.MustCompile(`Could not resolve host|Failed to connect|Could not connect|Connection refused|[Cc]onnection timed out|Operation timed out|Connection reset|Network is unreachable|No route to host`), (*fetching).unreachable},
	{regexp.MustCompile(`no handler for git|failed to find git binary|"git": executable file not found`), (*fetching).noGit},
}

// fetching is the failed fetch of a package from git.
type fetching struct {
	Failure
	work *plan.Git
	host string
}

// ExplainFetch gives one error for a repository that BuildKit could not fetch: what
// asked for it, why, what mends it, and git's words.
func ExplainFetch(f Failure) error {
	work, ok := f.Step.Work.(*plan.Git)
	if !ok {
		return f.Cause
	}
	what, at := "fetching "+work.Name+" failed", []plan.Location{f.Step.Source}
	if f.Origins != nil {
		if origin, ok := f.Origins.Find(work.Name, work.Version); ok {
			what, at = what+" ("+origin.String()+")", origin.Locations()
		}
	}
	r := fetching{f, work, work.Repository}
	if address, err := url.Parse(work.Repository); err == nil {
		r.host = address.Host
	}
	text := f.Cause.Error()
	said := strings.Join(strings.Fields(text), " ")
	for _, c := range fetchCauses {
		if !c.pattern.MatchString(said) {
			continue
		}
		of := ""
		if strings.Contains(said, "failed to update submodules") {
			of = "a submodule of it: "
		}
		return source.ErrorAt(at, "%s: %s%s%s", what, of, c.reason(&r), quoteGit(text))
	}
	return source.ErrorAt(at, "%s: correct what git reports of %s:%s", what, work.Repository, quoteGit(text))
}

// quoteGit quotes what git said in BuildKit's error.
func quoteGit(text string) string {
	if _, said, ok := strings.Cut(text, "git stderr:\n"); ok {
		text = said
	}
	text = strings.TrimSuffix(strings.TrimSpace(text), "\n: exit status 128")
	return quoteLines(strings.Split(text, "\n"), evidence)
}

// offers tells whether the client has one of the secrets, as far as that is known.
func (f *fetching) offers(names ...string) bool {
	return slices.ContainsFunc(f.Offered, func(s Secret) bool {
		return s.Unset == "" && slices.ContainsFunc(names, func(name string) bool { return s.ID == name || s.ID == name+"."+f.host })
	})
}

func (f *fetching) credentials() string {
	pass := fmt.Sprintf("pass --secret id=%s with a token that may read the repository, or --secret id=%s with a whole Authorization header (`basic …`)", gitToken, gitHeader)
	if f.offers(gitToken, gitHeader) {
		return fmt.Sprintf("%s refused the credentials of --secret id=%s: correct them (a line break at their end counts), or %s", f.host, f.given(), pass)
	}
	unset := ""
	for _, s := range f.Offered {
		if s.Unset != "" && (strings.HasPrefix(s.ID, gitToken) || strings.HasPrefix(s.ID, gitHeader)) {
			unset = fmt.Sprintf("; --secret id=%s is empty, since %s is not set in the environment", s.ID, s.Unset)
		}
	}
	return fmt.Sprintf("%s wants credentials, or refused those that it was given: %s%s", f.host, pass, unset)
}

// given is the name of the first of the secrets that BuildKit takes.
func (f *fetching) given() string {
	for _, id := range []string{gitHeader + "." + f.host, gitToken + "." + f.host, gitHeader, gitToken} {
		if slices.ContainsFunc(f.Offered, func(s Secret) bool { return s.ID == id && s.Unset == "" }) {
			return id
		}
	}
	return gitToken
}

func (f *fetching) noKey() string {
	return f.host + " is asked over SSH: pass --ssh default, with a key of yours in an SSH agent (`ssh-add`)"
}

func (f *fetching) keyRefused() string {
	return f.host + " refused the keys of --ssh default: add a key that may read the repository to the SSH agent (`ssh-add -l` lists what it has)"
}

func (f *fetching) repository() string {
	return fmt.Sprintf("%s has no repository %s, or hides it from those who may not read it: correct its URL in [tool.uv.sources], or pass --secret id=%s with a token that may read it", f.host, f.work.Repository, gitToken)
}

func (f *fetching) commit() string {
	if f.work.Commit == "" {
		return "the repository does not have the revision that [tool.uv.sources] names: correct it"
	}
	return fmt.Sprintf("the repository no longer has the commit %s that uv.lock names: push it again, or lock another one with `uv lock --upgrade-package %s`", f.work.ShortCommit(), f.work.Name)
}

func (f *fetching) certificate() string {
	return "the machine that BuildKit runs on does not trust the TLS certificate of " + f.host + ": add its authority there, where git finds it"
}

func (f *fetching) unreachable() string {
	return f.host + " could not be reached: check the network of the machine that BuildKit runs on, which fetches repositories by itself, through the proxies of its own environment"
}

func (f *fetching) noGit() string {
	return "the machine that BuildKit runs on has no git, which fetches repositories: install it there, or use a builder that has it, such as docker's"
}

// gitOfUV explains what git says to uv, which resolves repositories by itself.
func (r *reading) gitOfUV() (string, []plan.Location) {
	switch {
	case !strings.Contains(r.text, "Git executable not found"):
	case r.Step.Kind == plan.KindLockCheck:
		return "uv would resolve it again, for which it takes git: refresh it with `uv lock`; " + Unchecked, nil
	case r.Step.Kind == plan.KindLock:
		return "a dependency of a dependency comes from git, which only a project that names git has in its steps: run `uv lock` on a machine with uv and git, or name a base that has git", nil
	default:
		return "what its build needs comes from git, which a build does not have: depend on a release of it in [build-system]", nil
	}
	f := fetching{Failure: r.Failure, work: &plan.Git{Repository: address.FindString(r.text)}}
	if found, err := url.Parse(f.work.Repository); err == nil {
		f.host = found.Host
	}
	for _, c := range fetchCauses {
		if c.pattern.MatchString(r.text) {
			return c.reason(&f), nil
		}
	}
	return "git could not fetch a dependency: correct what it reports", nil
}
